"""The judges of the fake Telegram, without a server: what is refused, in which words, and what is stored."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import strategies

from tests.telegram_api.rules import (
    Formatted,
    Refusal,
    judge_caption,
    judge_commands,
    judge_markup,
    judge_quote,
    judge_text,
    recognised,
    utf16_slice,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def refused(judge: Callable[..., object], *arguments: object) -> str:
    """The reason for which a judge refuses."""
    with pytest.raises(Refusal) as refusal:
        judge(*arguments)
    assert refusal.value.code == 400
    return refusal.value.description.removeprefix("Bad Request: ")


@pytest.mark.parametrize(
    ("text", "parse_mode", "reason"),
    [
        ("", None, "message text is empty"),
        (" \n\u200b", None, "text must be non-empty"),
        ("<b> </b>", "HTML", "text must be non-empty"),
        ("x" * 4097, None, "message is too long"),
        ("😀" * 2049, None, "message is too long"),
        ("<b>x", "HTML", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("a < b", "HTML", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ("a<br>b", "HTML", 'can\'t parse entities: Unsupported start tag "br" at byte offset 1'),
        ("*x", "MarkdownV2", "can't parse entities: Can't find end of Bold entity at byte offset 0"),
        ("a.", "MarkdownV2", "can't parse entities: Character '.' is reserved and must be escaped with the preceding"),
        ("[x", "Markdown", "can't parse entities: Can't find end of the entity starting at byte offset 0"),
        ("x", "BBCode", "unsupported parse_mode"),
        ("<b>x</b> y " * 101, "HTML", "ENTITIES_TOO_LONG"),
        ("<b></b>" * 1358, "HTML", "ENTITIES_TOO_LONG"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "HTML", "can't parse entities: blockquote entities"),
    ],
)
def test_texts_that_are_refused(text: str, parse_mode: str | None, reason: str) -> None:
    assert refused(judge_text, text, parse_mode).startswith(reason)


def test_length_is_counted_after_parsing_in_utf16() -> None:
    assert judge_text("<b>" + "😀" * 2048 + "</b>", "HTML").entities[0].length == 4096
    assert len(judge_text("<b>x</b> y " * 100, "HTML").entities) == 100


def test_captions_are_shorter_and_may_be_empty() -> None:
    assert judge_caption(None) == Formatted("")
    assert judge_caption("<b>" + "x" * 1024 + "</b>", "HTML").text == "x" * 1024
    assert refused(judge_caption, "x" * 1025) == "message caption is too long"


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ({"type": "loud", "offset": 0, "length": 1}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "text_link", "offset": 0, "length": 1}, "can't parse MessageEntity: Can't find field"),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"type": "bold", "offset": 9, "length": 1}, "entity begins after the end of the text at UTF-16 offset 9"),
        ({"type": "bold", "offset": 0, "length": 9}, "entity beginning at UTF-16 offset 0 ends after the end"),
    ],
)
def test_entities_must_lie_in_the_text(entity: dict[str, object], reason: str) -> None:
    assert refused(judge_text, "hello", None, [entity]).startswith(reason)


VISIBLE = strategies.characters(categories=["L", "M", "N", "P", "S"])


@hypothesis.given(strategies.text(max_size=50), strategies.text(VISIBLE, min_size=1, max_size=20))
def test_whatever_is_tidied_away_styles_stay_on_their_words(before: str, bold: str) -> None:
    expected = "".join(character for character in bold if character not in "\u0333\u033f\u030a")
    markup = f"{html.escape(before)}<b>{html.escape(bold)}</b>"
    try:
        judged = judge_text(markup, "HTML")
    except Refusal:
        return  # nothing but invisible characters

    assert [utf16_slice(judged.text, e.offset, e.length) for e in judged.entities if e.type == "bold"] == (
        [expected] if expected else []
    )


def test_what_telegram_recognises_by_itself() -> None:
    text = "/ask@footnote_bot 😀 @ada_l #news https://e.org a@e.org"

    assert [(e.type, utf16_slice(text, e.offset, e.length)) for e in recognised(text)] == [
        ("bot_command", "/ask@footnote_bot"),
        ("mention", "@ada_l"),
        ("hashtag", "#news"),
        ("url", "https://e.org"),
        ("email", "a@e.org"),
    ]


def test_nothing_is_recognised_inside_code_and_links() -> None:
    judged = judge_text('<code>@ada_l</code> <a href="https://e.org">https://f.org</a>', "HTML")

    assert [entity.type for entity in judged.entities] == ["code", "text_link"]


@pytest.mark.parametrize(
    ("quote", "accepted"),
    [
        ("storm", True),
        (" storm ", True),
        ("<b>big</b> storm", True),
        ("<b>g</b>", True),
        ("big storm", False),
        ("<b>storm</b>", False),
        ("Storm", False),
        ("x", False),
    ],
)
def test_a_quotation_repeats_words_and_styles(quote: str, accepted: bool) -> None:  # noqa: FBT001 - a table's column
    target = judge_text("A <b>big</b> storm came", "HTML")

    if accepted:
        assert judge_quote(quote, target, "HTML").text in target.text
    else:
        assert refused(judge_quote, quote, target, "HTML") == "QUOTE_TEXT_INVALID"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[{"callback_data": "x"}]], "can't parse inline keyboard button: Can't find field \"text\""),
        ([[{"text": " ", "callback_data": "x"}]], "inline keyboard button text must be non-empty"),
        ([[{"text": "x"}]], "can't parse inline keyboard button: Text buttons are unallowed"),
        ([[{"text": "x", "callback_data": ""}]], "can't parse inline keyboard button: Text buttons are unallowed"),
        ([[{"text": "x", "callback_data": "é" * 33}]], "BUTTON_DATA_INVALID"),
        (
            [[{"text": "x", "callback_data": "x", "url": "https://e.org"}]],
            "can't parse inline keyboard button: exactly",
        ),
        ([[{"text": "x", "url": "nowhere"}]], "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        ([[{"text": "x", "url": "http://localhost"}]], "inline keyboard button URL 'http://localhost' is invalid"),
        ([[{"text": "x", "url": "ftp://e.org"}]], "inline keyboard button URL 'ftp://e.org' is invalid: Unsupported"),
        ([[{"text": "x", "url": "https://e.org/a b"}]], "BUTTON_URL_INVALID"),
        ([[{"text": "x", "pay": True}]], "BUTTON_TYPE_INVALID"),
        ([[{"text": "x", "copy_text": {"text": ""}}]], "BUTTON_COPY_TEXT_INVALID"),
        ([[{"text": "x", "callback_data": "x"}] * 9], "reply markup is too long"),
        ([[{"text": "x", "callback_data": "x"}]] * 101, "reply markup is too long"),
        ("rows", 'field "inline_keyboard" must be of type Array'),
    ],
)
def test_buttons_that_are_refused(rows: object, reason: str) -> None:
    assert refused(judge_markup, {"inline_keyboard": rows}).startswith(reason)


@pytest.mark.parametrize(
    ("command", "description", "reason"),
    [
        ("Ask", "x", "BOT_COMMAND_INVALID"),
        ("/", "x", "command must be non-empty"),
        ("a" * 33, "x", "command length must not exceed 32"),
        ("ask", " ", "command description must be non-empty"),
        ("ask", "x" * 257, "command description length must not exceed 256"),
    ],
)
def test_commands_that_are_refused(command: str, description: str, reason: str) -> None:
    assert refused(judge_commands, [{"command": command, "description": description}]) == reason


def test_commands_that_are_allowed() -> None:
    menu = [{"command": "/a_1" + "x" * 28, "description": "x" * 256}] * 100

    assert judge_commands(menu) == [("a_1" + "x" * 28, "x" * 256)] * 100
    assert refused(judge_commands, menu * 2) == "BOT_COMMANDS_TOO_MUCH"
