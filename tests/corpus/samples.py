"""What the tests of the corpus share: texts that are hard on spans, and the rules that every span obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from corpus import sentences
from corpus.chunking import split_passages
from corpus.models import Article, Block, BlockKind, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

thorough = settings(suppress_health_check=[HealthCheck.too_slow])

_NEWLINES = ("\n", "\r\n", "\n\n", "\r\n\r\n", "\n \t\n", "\r")
_GAPS = (" ", "  ", "\u00a0", "\u2009", "\t", " \u200b", *_NEWLINES, *_NEWLINES, "")
_PIECES = (
    "The dam on the Vell broke before dawn.",
    "“We heard nothing,” the miller said. “Then the water came.”",
    '"Why now?" she asked. "Why here?"',
    "Lt. Gen. Oda flew in from the U.S. at 7:14 p.m. Eastern time.",
    "Losses rose 17.5% to €1.5 million over 7,000 sq km…",
    "They thanked [Mayor Ruth] Lindqvist (who had stayed.) Twice!",
    "What the Engineers Knew",
    "# What the engineers knew",
    "- a list item without an end",
    "> Water, said the ferryman, goes where it likes.",
    "**Advertisement**",
    "ADA BERG / POOL / DPA",
    "Read more on the flood:",
    "Leave a Comment",
    "***",
    "---",
    "```",
    "    indented four",
    "![the dam](dam.jpg)",
    "| year | height |",
    "وصل الماء إلى المدينة ليلا. نجا الجميع؟ نعم.",
    "המים הגיעו בלילה. איש לא נפגע!",
    "水は夜に来た。誰も知らなかった。",
    "Cafe\u0301s in Zu\u0308rich closed. 👩‍👩‍👧 stayed 🇳🇴.",
    "«Вода пришла ночью». Никто не спал.",
    "\u202eright to left\u202c and back.",
    "no end and no capital",
    "\u2028",
    "\x0b",
    "\x85",
    "”",
    "“",
    '"',
    "\ufeff",
)
_CHARACTERS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def texts() -> st.SearchStrategy[str]:
    """News of every shape: pieces of real mess in any order, any white space, and arbitrary Unicode between them."""
    pieces = st.one_of(st.sampled_from(_PIECES), st.sampled_from(_PIECES), _CHARACTERS)
    return st.lists(st.tuples(pieces, st.sampled_from(_GAPS)), max_size=14).map(
        lambda parts: "".join(piece + gap for piece, gap in parts)
    )


def kinds(article: Article) -> list[tuple[str, BlockKind]]:
    """The blocks of an article as a reader sees them."""
    return [(article.text[block.start : block.end], block.kind) for block in article.blocks]


def body(article: Article) -> list[Block]:
    """The blocks that may be indexed."""
    return [block for block in article.blocks if block.kind is not BlockKind.FURNITURE]


def sentences_of(article: Article) -> list[Sentence]:
    return [sentence for block in body(article) for sentence in sentences.split(article.text, block, article.language)]


def pieces_of(text: str, spans: Iterable[Block | Sentence]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def inked(text: str, spans: Iterable[Block | Sentence]) -> list[int]:
    """Offsets of the characters in the spans that are not white space."""
    return [index for span in spans for index in range(span.start, span.end) if not text[index].isspace()]


def assert_in_order_and_stripped(text: str, spans: Iterable[Block | Sentence]) -> None:
    end_before = 0
    for span in spans:
        assert end_before <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        end_before = span.end


def assert_every_span_is_exact(article: Article) -> None:
    """The rules of blocks, sentences and passages, whatever the format and the text."""
    text = article.text
    assert_in_order_and_stripped(text, article.blocks)
    every_sentence = sentences_of(article)
    assert_in_order_and_stripped(text, every_sentence)
    assert inked(text, every_sentence) == inked(text, body(article))

    passages = split_passages(article)
    assert [sentence for passage in passages for sentence in passage.sentences] == every_sentence
    assert [passage.number for passage in passages] == list(range(len(passages)))
    for passage in passages:
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
        assert not [
            block
            for block in article.blocks
            if block.kind is BlockKind.FURNITURE and passage.start < block.end and block.start < passage.end
        ]
