"""News of any amount, with the statistics of the sample articles: what grows with a corpus grows here too.

An article has a cast (a few people, one or two places and organisations, the day of the event) and a topic that its
words come from. Two or three of its sentences are facts that `questions` can ask for. The first articles of a larger
corpus are those of a smaller one with the same seed.
"""

from __future__ import annotations

import json
import random
import re
from collections import deque
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

from corpus import chunking
from corpus.readers import READERS
from tests.bench.facts import FACTS, plant, questions
from tests.bench.language import learn
from tests.bench.names import Names
from tests.bench.writing import Ranked, Vocabulary, Writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.models import Article

__all__ = ["articles", "questions", "write"]

FIRST_DAY, DAYS = date(2015, 1, 1), 3653
UNDATED = 0.02
SYNDICATED = 0.01
TOPICS = 400
TOPIC_SHARE = 0.04
"""Of the words of a slot, how many a topic prefers."""

PASSAGES = {3: 18, 4: 18, 5: 16, 6: 13, 7: 10, 8: 8, 9: 6, 10: 5, 11: 3, 12: 3}
"""How many articles of a hundred have how many passages."""

SOURCES = tuple(
    f"The {place} {kind}"
    for place in ("Lantern", "Quayside", "Upland", "Saltmarsh", "Ropewalk", "Millrace", "Copperhill", "Fenland")
    for kind in ("Gazette", "Observer", "Post", "Examiner", "Wire")
)


def articles(passages: int, seed: int = 0) -> Iterator[Article]:
    """Yield articles that have `passages` passages together, give or take one article, as if read from .md files."""
    newsroom = _Newsroom(seed)
    missing = passages
    while missing > 0:
        draft = newsroom.write()
        (article,) = READERS[".md"](draft.path, draft.markdown.encode()).articles
        missing -= len(chunking.split_passages(article))
        yield article


def write(folder: Path, count_of_articles: int, seed: int = 0) -> None:
    """Write that many articles into `folder` as .md files; they are the first that `articles` yields."""
    folder.mkdir(parents=True, exist_ok=True)
    newsroom = _Newsroom(seed)
    for _ in range(count_of_articles):
        draft = newsroom.write()
        (folder / draft.path).write_text(draft.markdown, encoding="utf-8", newline="")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article before it is a file."""

    number: int
    title: str
    source: str
    author: str
    published: date | None
    paragraphs: tuple[str, ...]

    @property
    def slug(self) -> str:
        return "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))[:60].strip("-")

    @property
    def path(self) -> str:
        return f"{self.number:06d}-{self.slug}.md"

    @property
    def markdown(self) -> str:
        outlet = self.source.removeprefix("The ").lower().replace(" ", "-")
        day = f"{self.published:%Y/%m/%d}/" if self.published else ""
        fields = {
            "title": self.title,
            "source": self.source,
            "author": self.author,
            "published": self.published.isoformat() if self.published else None,
            "url": f"https://example.org/{outlet}/{day}{self.number}-{self.slug}",
            "language": "en",
        }
        # A JSON string is a YAML string too, whatever stands in it.
        front = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items() if value]
        return "\n".join(["---", *front, "---", ""]) + "\n" + "\n\n".join(self.paragraphs) + "\n"


class _Newsroom:
    """Writes one article after another; what it has written decides whose name comes up next."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._language = learn()
        self._names = Names(self._rng)
        self._words = {slot: Ranked(found) for slot, found in self._language.lexicon.words.items()}
        self._topics = [
            {slot: Ranked(self._preferred(found)) for slot, found in self._language.lexicon.words.items()}
            for _ in range(TOPICS)
        ]
        self._popular_topics = Ranked(range(TOPICS))
        self._staff = {source: [self._names.draw("person") for _ in range(12)] for source in SOURCES}
        self._sources = Ranked(SOURCES)
        self._recent: deque[_Draft] = deque(maxlen=50)
        self._numbers = count()

    def write(self) -> _Draft:
        """Return the next article."""
        is_copy = len(self._recent) > 0 and self._rng.random() < SYNDICATED
        draft = self._copy(self._rng.choice(self._recent)) if is_copy else self._original()
        if not is_copy:
            self._recent.append(draft)
        return draft

    def _original(self) -> _Draft:
        rng = self._rng
        event = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
        writing = self._writing(event)
        planted = [plant(fact, writing, rng) for fact in rng.sample(FACTS, rng.choice((2, 2, 3)))]
        source = self._sources.draw(rng)
        return _Draft(
            number=next(self._numbers),
            title=writing.title(),
            source=source,
            author=rng.choice(self._staff[source]),
            published=event + timedelta(days=rng.choice((0, 0, 1, 1, 2))) if rng.random() >= UNDATED else None,
            paragraphs=tuple(self._paragraphs(writing, planted)),
        )

    def _copy(self, original: _Draft) -> _Draft:
        """Return an article that another paper printed after changing its beginning."""
        rng = self._rng
        source = rng.choice([other for other in SOURCES if other != original.source])
        published = original.published and original.published + timedelta(days=rng.choice((0, 1, 2)))
        writing = self._writing(original.published or FIRST_DAY)
        kept = original.paragraphs[0].partition(". ")[2]
        lead = f"{writing.sentence()} {kept}".strip()
        return replace(
            original,
            number=next(self._numbers),
            source=source,
            author=rng.choice(self._staff[source]),
            published=published,
            paragraphs=(lead, *original.paragraphs[1:]),
        )

    def _paragraphs(self, writing: Writing, facts: list[str]) -> Iterator[str]:
        rng = self._rng
        wanted = rng.choices(list(PASSAGES), list(PASSAGES.values()))[0]
        # The chunker makes round(tokens / 160) passages of so many tokens; stay clear of where it rounds.
        enough = wanted * chunking.TARGET_TOKENS - rng.randint(30, 75)
        tokens = 0
        while tokens < enough:
            made = [writing.sentence() for _ in range(rng.choice(self._language.paragraphs))]
            # A fact every 150 tokens, never in the first paragraph, which a copy changes.
            if facts and tokens > 150 * (3 - len(facts)):
                made.insert(rng.randint(0, len(made)), facts.pop())
            paragraph = " ".join(made)
            tokens += chunking.count_tokens(paragraph)
            yield paragraph

    def _writing(self, event: date) -> Writing:
        vocabulary = Vocabulary(self._rng, self._words, self._topics[self._popular_topics.draw(self._rng)])
        return Writing(self._rng, self._language, self._names, vocabulary, event)

    def _preferred(self, words: tuple[str, ...]) -> list[str]:
        """Return a topic's share of the words, rare ones as likely as frequent ones."""
        return self._rng.sample(words, max(12, round(len(words) * TOPIC_SHARE)))
