"""The chunking in the hands of a LlamaIndex user."""

from __future__ import annotations

from llama_index.core.schema import Document, NodeRelationship, TextNode

from corpus.llamaindex import PassageParser

PARAGRAPH = "Water " + "rose " * 37 + "again."


def test_the_parser_gives_nodes_with_exact_spans() -> None:
    story = (
        "Header Ads\n\n"
        + "\n\n".join(["Water " + "rose " * 37 + "again."] * 8)
        + "\n\nLeave a Comment\n\n“It stopped.”"
    )
    nodes = PassageParser().get_nodes_from_documents([Document(text=story)])

    assert [node.text for node in nodes if isinstance(node, TextNode)] == [
        story[node.start_char_idx : node.end_char_idx] for node in nodes if isinstance(node, TextNode)
    ]
    assert len(nodes) == 3


def test_the_parser_names_the_document_of_each_node() -> None:
    documents = [Document(text="It rained.", id_="one"), Document(text="It stopped.", id_="two")]

    nodes = PassageParser().get_nodes_from_documents(documents)

    assert [node.source_node and node.source_node.node_id for node in nodes] == ["one", "two"]
    assert NodeRelationship.SOURCE in nodes[0].relationships
