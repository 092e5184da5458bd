"""Links to a quote on a page, and into the chat."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering import links, text_fragment

URL = "https://example.com/canal"


def href(anchor: str) -> str:
    (address,) = re.findall(r'href="([^"]*)"', anchor)
    return unescape(str(address))


@pytest.mark.parametrize(
    ("quote", "fragment"),
    [
        ("It is open.", "text=It%20is%20open%2E"),
        ("Anna-Maria, 4 & 5", "text=Anna%2DMaria%2C%204%20%26%205"),
        ("Příliš žluťoučký", "text=P%C5%99%C3%ADli%C5%A1%20%C5%BElu%C5%A5ou%C4%8Dk%C3%BD"),
        ("one two three four five six\nseven eight", "text=one%20two%20three%20four%20five,seven%20eight"),
        (" ".join("abcdefghijklm"), "text=a%20b%20c%20d%20e,i%20j%20k%20l%20m"),
        (" \n ", ""),
    ],
)
def test_a_quote_is_named_whole_or_by_its_two_ends(quote: str, fragment: str) -> None:
    assert text_fragment(quote) == fragment


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (URL, f"{URL}#:~:text=It%20is%20open%2E"),
        (f"{URL}?a=1&b=2", f"{URL}?a=1&b=2#:~:text=It%20is%20open%2E"),
        (f"{URL}#part", f"{URL}#part:~:text=It%20is%20open%2E"),
        (f"{URL}#", f"{URL}#:~:text=It%20is%20open%2E"),
        (f"{URL}#:~:text=x", f"{URL}#:~:text=x&text=It%20is%20open%2E"),
    ],
)
def test_a_fragment_keeps_the_one_that_the_address_has(url: str, address: str) -> None:
    assert href(links.at_quote(url, "It is open.")) == address


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "ftp://example.com", "//example.com", "a" * 2000])
def test_only_a_web_address_of_a_sensible_length_becomes_a_link(url: str | None) -> None:
    assert links.read(url) == links.at_quote(url, "It is open.") == ""


def test_an_address_that_is_too_long_with_its_fragment_has_the_plain_link_only() -> None:
    url = URL + "a" * (links.URL - len(URL))

    assert links.read(url)
    assert links.at_quote(url, "It is open.") == ""


@given(st.text(max_size=400))
def test_the_ends_stand_in_the_quote_word_for_word_and_nothing_else_is_in_the_fragment(quote: str) -> None:
    quote = quote.encode("utf-8", "ignore").decode()
    fragment = text_fragment(quote)
    if not quote.strip():
        assert fragment == ""
        return

    assert re.fullmatch(r"text=(?:[A-Za-z0-9]|%[0-9A-F]{2})+(?:,(?:[A-Za-z0-9]|%[0-9A-F]{2})+)?", fragment)
    ends = [unquote(part) for part in fragment.removeprefix("text=").split(",")]
    folded = " ".join(quote.split())
    assert folded.startswith(ends[0])
    assert folded.endswith(ends[-1])
    assert sum(map(len, ends)) <= len(folded)
    assert len(ends) == 2 or ends[0] == folded


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_a_link_into_the_chat_is_an_address_telegram_knows(label: str) -> None:
    assert links.start("footnote_bot", "q_abc") == "https://t.me/footnote_bot?start=q_abc"
    assert links.start("", label) == links.start_link("", "q_abc", "x") == ""
