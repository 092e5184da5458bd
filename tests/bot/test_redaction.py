from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.processors import LogfmtRenderer
from telegram.error import BadRequest, NetworkError

from bot.errors import StateError
from bot.redaction import Redaction, Said, chain, without
from corpus.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable

HALF = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
TOKEN = f"110201543:{HALF}"
QUESTION = "Who stole the zebra?"


@pytest.mark.parametrize(
    "line",
    [
        TOKEN,
        HALF,
        quote(TOKEN, safe=""),
        quote(TOKEN, safe="").lower(),
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/file/bot{TOKEN}/documents/file_1.pdf",
        f"GET /bot{quote(TOKEN, safe='')}/getUpdates HTTP/1.1",
        f"the token `{TOKEN}` was rejected",
    ],
)
def test_a_token_is_blotted_out_wherever_it_stands(line: str) -> None:
    shown = Redaction([TOKEN])(line)

    assert HALF.lower() not in shown.lower()
    assert "<token>" in shown


@pytest.mark.parametrize(
    "line",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/bot{quote(TOKEN, safe='')}/getMe",
        f"bot{TOKEN}",
        "http://127.0.0.1:8081/bot42:short/getMe",
    ],
)
def test_what_only_looks_like_a_token_is_blotted_out_too(line: str) -> None:
    shown = Redaction([])(line)

    assert HALF not in shown
    assert "short" not in shown
    assert "bot<token>" in shown


KEY = "sk-proj-Zq81_LmT0-aVx7RkC3bN"


@pytest.mark.parametrize("redaction", [Redaction([]), Redaction([KEY])])
@pytest.mark.parametrize(
    "line", [KEY, f"Authorization: Bearer {KEY}", f"'bearer {KEY}'", f'{{"key": "{KEY}"}}', f"provided: {KEY}."]
)
def test_a_key_of_a_language_model_is_blotted_out_even_where_nobody_named_it(redaction: Redaction, line: str) -> None:
    shown = redaction(line)

    assert "Zq81" not in shown
    assert "<token>" in shown


def test_a_key_of_another_shape_is_blotted_out_where_it_is_sent() -> None:
    assert Redaction([])("Bearer 0123456789abcdef0123") == "Bearer <token>"


@pytest.mark.parametrize(
    "line",
    [
        "bot:answering",
        "robot 12: go",
        "took 12:30:01",
        "https://t.me/footnote_bot?start=a",
        "the bearer of news",
        "task-based and risk-averse-neighbourhoods",
    ],
)
def test_what_is_no_token_stays(line: str) -> None:
    assert Redaction([TOKEN])(line) == line


PRINTABLE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=40)


@given(PRINTABLE, st.sampled_from([str, repr, ascii, quote_plus, lambda text: quote(text, safe="")]))
def test_no_secret_survives_its_way_into_a_line(secret: str, written: Callable[[str], str]) -> None:
    secret = f"zebra{secret}"
    line = LogfmtRenderer()(None, "", {"level": "info", "event": f"at {written(secret)} it failed"})

    assert "zebra" not in Redaction([secret])(line)


def test_a_secret_that_is_part_of_another_does_not_leave_the_rest_standing() -> None:
    assert Redaction(["zebra", "zebra-stripes"])("at zebra-stripes") == "at <token>"


def test_nothing_is_a_secret_where_there_is_none() -> None:
    assert Redaction([""])("whole") == "whole"


@pytest.mark.parametrize("error", [StateError("No room."), CorpusError("No file."), OSError(28, "No space left")])
def test_a_sentence_about_the_machine_is_shown(error: Exception) -> None:
    assert str(Said(error, with_texts=False)) == str(error)
    assert Said(error, with_texts=False).withheld == ""


def test_what_telegram_says_of_the_network_is_shown_and_what_of_a_message_is_not() -> None:
    assert str(Said(NetworkError("Bad Gateway"), with_texts=False)) == "Bad Gateway"
    assert str(Said(BadRequest(f"Can't parse {QUESTION}"), with_texts=False)) == "BadRequest"


def test_the_text_of_anybody_elses_error_is_shown_only_where_texts_are() -> None:
    assert str(Said(ValueError(QUESTION), with_texts=False)) == "ValueError"
    assert str(Said(ValueError(QUESTION), with_texts=True)) == QUESTION


def test_a_chain_ends_where_python_ends_it() -> None:
    inner, middle, outer = ValueError("inner"), KeyError("middle"), RuntimeError("outer")
    outer.__cause__, middle.__context__ = middle, inner

    assert list(chain(outer)) == [outer, middle, inner]
    middle.__suppress_context__ = True
    assert list(chain(outer)) == [outer, middle]


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__context__, two.__context__ = two, one

    assert list(chain(one)) == [one, two]


def test_a_withheld_text_is_found_in_quotation_marks_too() -> None:
    text = "line one\n'line two'"

    assert without(f"<Task exception={ValueError(text)!r}> {text}", [text]).count("<withheld>") == 2
