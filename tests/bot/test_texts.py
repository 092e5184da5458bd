"""What every language must have, and what Telegram must take of it."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel import Locale

from bot import texts
from bot.texts import english, operator
from bot.texts.plural import Plural
from tests.telegram_api.text import judge_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

BOT = Path(texts.__file__).parents[1]
NAMES = sorted(name for name in vars(english) if name.isupper())
TRANSLATED = sorted(language for language in texts.LANGUAGES if language != texts.DEFAULT)
LABEL, ALERT, DESCRIPTION = 40, 200, 256


def sentences(value: object) -> list[str]:
    """All that a text can say: its forms, or the values of a table."""
    if isinstance(value, Plural):
        return list(value.forms.values())
    return [str(entry) for entry in value.values()] if isinstance(value, dict) else [str(value)]


def placeholders(value: object) -> set[str]:
    return {name for text in sentences(value) for _, name, _, _ in string.Formatter().parse(text) if name}


def said(language: str) -> Iterator[tuple[str, str]]:
    for name in NAMES:
        for text in sentences(getattr(texts.LANGUAGES[language], name)):
            yield name, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_the_same_names(language: str) -> None:
    module: ModuleType = texts.LANGUAGES[language]
    assert sorted(name for name in vars(module) if name.isupper()) == NAMES


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("name", NAMES)
def test_a_translation_takes_the_same_values(name: str, language: str) -> None:
    ours, theirs = getattr(english, name), getattr(texts.LANGUAGES[language], name)
    assert type(theirs) is type(ours)
    assert placeholders(theirs) == placeholders(ours)
    if isinstance(ours, dict):
        assert list(theirs) == list(ours)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_form_that_a_number_can_ask_for_is_there(language: str) -> None:
    wanted = {Locale(language).plural_form(count) for count in range(200)}
    for name in NAMES:
        value = getattr(texts.LANGUAGES[language], name)
        if isinstance(value, Plural):
            assert value.language == language, name
            assert wanted <= set(value.forms), name


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_telegram_takes_every_text(language: str) -> None:
    for _, text in said(language):
        filled = re.sub(r"\{[a-z_]+(:[^}]*)?\}", "7", text).replace("{{", "{").replace("}}", "}")
        if filled.strip():
            judge_text(filled, "HTML", None)


def test_russian_is_written_in_russian() -> None:
    """But for the names of files, and lines that hold nothing but values."""
    latin = {name for name, text in said("ru") if not re.search("[а-яё]", text, re.IGNORECASE)}
    worded = {name for name, text in said("ru") if re.search("[a-z]{3}", re.sub(r"\{\w+\}|<[^>]*>", "", text))}
    assert latin & worded <= {"ALL_NAMES"}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_command_descriptions_fit_their_menu(language: str) -> None:
    with texts.speaking(language):
        assert all(len(text) <= DESCRIPTION for text in (*texts.COMMANDS.values(), *texts.ADMIN_COMMANDS.values()))
        assert len(texts.SHORT_DESCRIPTION) <= 120
        assert len(texts.DESCRIPTION) <= 512


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_is_answered_to_a_press_fits_an_alert(language: str) -> None:
    with texts.speaking(language):
        assert all(len(text) <= ALERT for text in (texts.VOTED, texts.VOTE_TAKEN_BACK, texts.ADMINS_ONLY))


def test_a_language_without_a_file_is_english() -> None:
    with texts.speaking("de"):
        assert texts.THANKS == english.THANKS


def test_a_region_makes_no_other_language() -> None:
    with texts.speaking("ru-RU"):
        assert texts.THANKS != english.THANKS


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1 статья"), (3, "3 статьи"), (5, "5 статей"), (21, "21 статья"), (112, "112 статей")]
)
def test_russian_counts_as_russians_do(count: int, text: str) -> None:
    with texts.speaking("ru"):
        assert texts.ARTICLES.format(count=count) == text


def test_no_text_is_fixed_in_one_language_when_a_module_is_imported() -> None:
    """A text at module level, in a default or in a class body would be English for everybody."""
    early = [
        (file.name, node.lineno, node.attr)
        for file in sorted(BOT.rglob("*.py"))
        for node in _run_at_import(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "texts"
    ]
    assert [place for place in early if not hasattr(operator, place[-1])] == []


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            for default in (*child.args.defaults, *child.args.kw_defaults):
                if default is not None:
                    yield from ast.walk(default)
        else:
            yield child
            yield from _run_at_import(child)
