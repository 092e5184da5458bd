"""Questions made of sentences, read as a person would read them, and of whole articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.examples import Examples
from bot.wording import LONGEST, examples, questions
from retrieval.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

REAL = Path(__file__).parents[3] / "shared" / "articles"
"""Five articles from the web; they are not ours to print, so they may be missing."""


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Quorvia joined the customs union on 4 April 2023 and left it.", "When did Quorvia join the customs union?"),
        ("The ferry Sea Otter was launched on 14 July from Port Blane.", "When was the ferry Sea Otter launched?"),
        ("Quorvia has about 105,000 inhabitants.", "How many inhabitants does Quorvia have?"),
        ("Quorvia hired 490 pilots in 2023.", "How many pilots did Quorvia hire in 2023?"),
        ("More than 40 ships were waiting off Port Blane.", "How many ships were waiting off Port Blane?"),
        ("About 12% of world trade passes by Quorvia.", "How much of world trade passes by Quorvia?"),
        ("The budget of Otter-3 was about $75 million.", "How much was the budget of Otter-3?"),
        ("The Sea Otter is 400 metres long and new.", "How long is the Sea Otter?"),
        (
            "Mayor Ada Quist announced that the port of Quorvia would close.",
            "Who announced that the port of Quorvia would close?",
        ),
    ],
)
def test_a_plain_sentence_gives_a_question_as_a_person_would_ask(sentence: str, question: str) -> None:
    article = f"{sentence} In spring, Quorvia was quiet."

    assert question in list(questions(sentence, article))


@pytest.mark.parametrize(
    "sentence",
    [
        "They joined the union on 4 April 2023.",
        "Dredgers closed the port in May 2021.",
        "Quorvia invaded and annexed the island back in 2014.",
        "The ship left on Monday with 300 people.",
        "Ada Quist said he would come back.",
        "Three people died.",
        "When did Quorvia join the union?",
        "South Quorvia said that the port would close.",
        "Quorvia joined the union on 4 April 2023",
    ],
)
def test_what_is_doubtful_gives_none(sentence: str) -> None:
    assert list(questions(sentence, f"{sentence} In spring, Quorvia was quiet.")) == []


async def test_three_examples_are_of_the_newest_articles(engine: Engine) -> None:
    assert await Examples(engine).questions(patience=30) == (
        "When did Notre-Dame cathedral in Paris reopen?",
        "When was Chandrayaan-3 launched?",
        "When did Finland join NATO?",
    )


async def test_every_question_made_of_a_sample_article_keeps_to_its_sentence(engine: Engine) -> None:
    for card in await engine.articles():
        pages = await engine.pages(card.id)
        assert pages is not None
        for example in examples(pages):
            sentence = pages.text[example.start : example.end]
            assert sentence.endswith(".")
            assert len(example.question) <= LONGEST


async def test_examples_that_take_long_are_not_waited_for_and_come_the_next_time(engine: Engine) -> None:
    made = Examples(engine)

    assert await made.questions(patience=0) == ()
    assert len(await made.questions(patience=30)) == 3


async def test_an_article_that_came_by_a_reload_is_asked_about(own_engine: Engine) -> None:
    made = Examples(own_engine)
    await made.questions(patience=30)
    (own_engine.articles_dir / "ferry.md").write_text(
        "---\ntitle: A ferry for Quorvia\npublished: 2025-02-03\n---\n\n"
        "Quorvia launched the ferry Sea Otter on 2 February 2025.\n"
    )
    await own_engine.reload()

    assert (await made.questions(patience=30))[0] == "When did Quorvia launch the ferry Sea Otter?"


async def test_an_article_whose_sentences_give_none_is_asked_about_by_its_title(models: Path, tmp_path: Path) -> None:
    articles = tmp_path / "one"
    articles.mkdir()
    (articles / "bridge.md").write_text(
        "---\ntitle: The green bridge of Quorvia\n---\n\nA green bridge in Quorvia is quietly rusting away.\n"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    engine = Engine(articles, tmp_path / "data")
    await engine.start()

    assert await Examples(engine).questions(patience=30) == ("What is known about The green bridge of Quorvia?",)
    engine.close()


@pytest.fixture
def real(models: Path, tmp_path: Path) -> Iterator[Engine]:
    if not REAL.is_dir():
        pytest.skip("the five articles are not here")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    engine = Engine(REAL, tmp_path / "data")
    yield engine
    engine.close()


async def test_real_articles_give_three_questions_as_well(real: Engine) -> None:
    await real.start()

    assert await Examples(real).questions(patience=30) == (
        "Who accused Kyiv and the West of refusing from negotiations?",
        "Who has denied having numerous discussions with Putin after leaving office?",
        "How many contract and voluntary soldiers did Russia recruit in 2023?",
    )
