"""Articles to passages: runs of whole sentences of about 160 tokens, cut where a paragraph ends if one ends nearby."""

from __future__ import annotations

import re
from collections.abc import Sequence  # noqa: TC003 - pydantic looks annotations up
from itertools import groupby
from typing import TYPE_CHECKING, Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, TextNode

from corpus import sentences
from corpus.models import BlockKind, Passage, Sentence
from corpus.readers import text as plain_text
from corpus.readers.assembly import assemble
from corpus.readers.front_matter import FrontMatter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import Article

VERSION = "1"
"""Part of every generation's manifest: raise it when the same article would give other passages or sentences."""

TARGET_TOKENS = 160
LONGEST_UNCUT = 240
"""A run of up to this many tokens stays one passage: cutting a paragraph in two loses more than it gains."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


def count_tokens(text: str) -> int:
    """Return about as many tokens as a word-piece model sees; within a tenth on English news."""
    return len(_TOKEN.findall(text))


def split_passages(article: Article) -> list[Passage]:
    """Return the passages of an article in order; together they hold every sentence that is not furniture, once."""
    groups: list[list[Sentence]] = []
    for is_furniture, blocks in groupby(article.blocks, key=lambda block: block.kind is BlockKind.FURNITURE):
        if not is_furniture:
            paragraphs = [list(sentences.split(article.text, block, article.language)) for block in blocks]
            groups.extend(_groups(article.text, [paragraph for paragraph in paragraphs if paragraph]))
    return [
        Passage(article.id, number, group[0].start, group[-1].end, tuple(group)) for number, group in enumerate(groups)
    ]


def _groups(text: str, paragraphs: list[list[Sentence]]) -> Iterator[list[Sentence]]:
    """Cut a run of paragraphs into equal groups, each cut moved to the best place near its ideal one."""
    run = [sentence for paragraph in paragraphs for sentence in paragraph]
    ends_paragraph = {paragraph[-1] for paragraph in paragraphs}
    sizes = [count_tokens(text[sentence.start : sentence.end]) for sentence in run]
    total = sum(sizes)
    wanted = 1 if total <= LONGEST_UNCUT else round(total / TARGET_TOKENS)
    group: list[Sentence] = []
    seen, cuts = 0, 1
    for index, (sentence, size) in enumerate(zip(run, sizes, strict=True)):
        group.append(sentence)
        seen += size
        remaining = run[index + 1 :]
        if not remaining or cuts >= wanted or sentence.heading:
            continue
        ideal = total * cuts / wanted
        # Half a sentence early or late is as near as a whole sentence gets; a paragraph's end may lie a little farther.
        reach = TARGET_TOKENS / 4 if sentence in ends_paragraph else sizes[index + 1] / 2
        if seen >= ideal - reach:
            yield group
            group, cuts = [], cuts + 1
    if group:
        yield group


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
