"""The chunking as a LlamaIndex node parser."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - pydantic looks annotations up
from typing import TYPE_CHECKING, Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, TextNode

from corpus.chunking import split_passages
from corpus.readers import text as plain_text
from corpus.readers.assembly import assemble
from corpus.readers.front_matter import FrontMatter

if TYPE_CHECKING:
    from collections.abc import Iterator


class PassageParser(NodeParser):
    """LlamaIndex node parser that gives Footnote's passages: exact spans, whole sentences, no page furniture."""

    @classmethod
    def class_name(cls) -> str:
        """Return the name LlamaIndex serialises the component under."""
        return "PassageParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any) -> list[BaseNode]:  # noqa: ANN401, ARG002, FBT001, FBT002 - the signature is LlamaIndex's
        return [node for document in nodes for node in self._passages(document)]

    def _passages(self, document: BaseNode) -> Iterator[BaseNode]:
        text = document.get_content(metadata_mode=MetadataMode.NONE)
        article = assemble(document.node_id, text, FrontMatter(body_start=0), plain_text.split_blocks(text))
        for passage in split_passages(article):
            yield TextNode(
                text=text[passage.start : passage.end],
                start_char_idx=passage.start,
                end_char_idx=passage.end,
                relationships={NodeRelationship.SOURCE: document.as_related_node_info()},
            )
