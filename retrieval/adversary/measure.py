"""How many false sentences the verifier catches, how many true ones it drops, and how long it takes."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.chunking import split_passages
from retrieval.adversary import fabrications, figures, paraphrases, statements
from retrieval.adversary.models import Edit, Original, names
from retrieval.models import ArticleCard, Quote
from retrieval.verification.models import Excerpt, Verified
from retrieval.verification.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus.models import Article, Passage
    from retrieval.adversary.models import Maker
    from retrieval.embedding.minilm import MiniLM

    Progress = Callable[[str, int, int], None]

FALSE: dict[str, Maker] = {
    "number": figures.number,
    "date": figures.date,
    "scale": figures.scale,
    "unit": figures.unit,
    "time": figures.time,
    "name": statements.name,
    "negation": statements.negation,
    "direction": statements.direction,
    "direction_unlisted": statements.direction_unlisted,
    "swapped_subject": statements.swapped,
    "certainty": statements.certainty,
    "qualifier": statements.qualifier,
    "attribution": statements.attribution,
    "addition": statements.addition,
    "merged": fabrications.merged,
    "no_marker": fabrications.no_marker,
    "wrong_marker": fabrications.wrong_marker,
    "unknown_marker": fabrications.unknown_marker,
    "quotation": fabrications.quotation,
    "link": fabrications.link,
    "instruction": fabrications.instruction,
}
TRUE: dict[str, Maker] = {
    "verbatim": paraphrases.verbatim,
    "numbers": paraphrases.numbers,
    "dates": paraphrases.dates,
    "contraction": paraphrases.contraction,
    "synonym": paraphrases.synonym,
    "synonym_unlisted": paraphrases.synonym_unlisted,
    "order": paraphrases.order,
    "voice": paraphrases.voice,
    "aside": paraphrases.aside,
    "joined": paraphrases.joined,
    "introduced": paraphrases.introduced,
}
EXCERPTS = 3
"""Given out with each sentence: its own, its neighbour in the article, one of another article."""

_SENTENCE = re.compile(r"[A-Z][^\n]*[.]")


def measure(
    articles: Sequence[Article],
    model: MiniLM,
    *,
    sample: int | None = None,
    seed: int = 0,
    progress: Progress = lambda _stage, _done, _total: None,
    seen: Callable[[str, str, Original, bool, str], None] = lambda *_: None,
) -> dict[str, Any]:
    """Return the figures of `eval --verifier`, the same for the same articles and seed.

    `sample` takes that many sentences. `seen` is told each sentence made, its kind, its original, whether it is true,
    and what became of it.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    originals = list(_originals(articles, rng))
    if sample is not None and sample < len(originals):
        originals = rng.sample(originals, sample)
    made: Counter[tuple[bool, str]] = Counter()
    passed: Counter[tuple[bool, str]] = Counter()
    milliseconds: list[float] = []
    for done, original in enumerate(originals, start=1):
        verifier = Verifier(original.excerpts, model)
        for is_true, kind, edit in _edits(original, seed):
            used = Verifier(_injected(original, edit), model) if edit.injected else verifier
            sentence = cited(edit, original, random.Random(f"{seed}{original.text}{kind}"))  # noqa: S311 - same
            began = time.perf_counter()
            outcome = used.check(sentence)
            milliseconds.append((time.perf_counter() - began) * 1000)
            made[is_true, kind] += 1
            passed[is_true, kind] += isinstance(outcome, Verified)
            seen(
                kind,
                sentence,
                original,
                is_true,
                "" if isinstance(outcome, Verified) else f"{outcome.reason}: {outcome.detail}",
            )
        progress("verifying", done, len(originals))
    caught = {kind: _share("caught", made[False, kind], made[False, kind] - passed[False, kind]) for kind in FALSE}
    dropped = {kind: _share("dropped", made[True, kind], made[True, kind] - passed[True, kind]) for kind in TRUE}
    return {
        "sentences": len(originals),
        "caught": caught,
        "caught_share": _overall("caught", caught),
        "dropped": dropped,
        "dropped_share": _overall("dropped", dropped),
        "ms": {f"p{part}": _percentile(milliseconds, part) for part in (50, 95)},
    }


def excerpt(number: int, article: Article, passage: Passage) -> Excerpt:
    """Return a passage as the model is given it."""
    card = ArticleCard(
        article.id, article.path, article.title, article.source, article.author, article.published, article.url
    )
    text = article.text
    return Excerpt(
        number,
        card,
        Quote(text[passage.start : passage.end], passage.start, passage.end),
        tuple(
            Quote(text[sentence.start : sentence.end], sentence.start, sentence.end)
            for sentence in passage.sentences
            if not sentence.heading
        ),
    )


def _originals(articles: Sequence[Article], rng: random.Random) -> Iterator[Original]:
    """Yield the sentences that are whole and neither very short nor very long, with three excerpts each."""
    passages = [(article, passage) for article in articles for passage in split_passages(article)]
    known = {article.id: sorted(set(names(article.text))) for article in articles}
    for place, (article, _) in enumerate(passages):
        others = [other for other in (place + 1, place - 1, rng.randrange(len(passages))) if other != place]
        near = list(dict.fromkeys(other for other in others if 0 <= other < len(passages)))[: EXCERPTS - 1]
        order = rng.sample([place, *near], 1 + len(near))
        excerpts = tuple(excerpt(number, *passages[other]) for number, other in enumerate(order, start=1))
        home = excerpts[order.index(place)]
        elsewhere = [
            name
            for other in rng.sample(articles, min(20, len(articles)))
            if other is not article
            for name in known[other.id]
        ]
        strangers = tuple(rng.sample(elsewhere, min(30, len(elsewhere))))
        for at, quote in enumerate(home.sentences):
            if 6 <= len(quote.text.split()) <= 45 and _SENTENCE.fullmatch(quote.text):
                following = home.sentences[at + 1].text if at + 1 < len(home.sentences) else ""
                yield Original(quote.text, following, home, excerpts, strangers)


def _edits(original: Original, seed: int) -> Iterator[tuple[bool, str, Edit]]:
    for is_true, makers in ((False, FALSE), (True, TRUE)):
        for kind, make in makers.items():
            # Each kind draws for itself: one more kind leaves the others as they were.
            edit = make(original, random.Random(f"{seed} {kind} {original.text}"))  # noqa: S311 - a sample, not a secret
            if edit is not None and (edit.text != original.text or is_true or edit.numbers is not None):
                yield is_true, kind, edit


def cited(edit: Edit, original: Original, rng: random.Random) -> str:
    """Return the sentence with its markers, before or behind its full stop."""
    numbers = (original.home.number,) if edit.numbers is None else edit.numbers
    if not numbers:
        return edit.text
    marker = rng.choice(["".join(f"[{number}]" for number in numbers), f"[{', '.join(map(str, numbers))}]"])
    if edit.text.endswith(".") and rng.random() < 0.5:
        return f"{edit.text[:-1]} {marker}."
    return f"{edit.text} {marker}"


def _injected(original: Original, edit: Edit) -> tuple[Excerpt, ...]:
    """Return the excerpts, the home excerpt with one more sentence at its end."""
    home = original.home
    start = home.passage.end + 1
    order = Quote(edit.injected, start, start + len(edit.injected))
    passage = Quote(f"{home.passage.text} {edit.injected}", home.passage.start, order.end)
    changed = replace(home, passage=passage, sentences=(*home.sentences, *_parted(order)))
    return tuple(changed if each is home else each for each in original.excerpts)


def _parted(quote: Quote) -> Iterator[Quote]:
    for match in re.finditer(r"[^.]+\.", quote.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        yield Quote(quote.text[start : match.end()], quote.start + start, quote.start + match.end())


def _share(word: str, made: int, counted: int) -> dict[str, float | int | None]:
    return {"made": made, word: counted, "share": round(counted / made, 4) if made else None}


def _overall(word: str, kinds: dict[str, dict[str, float | int | None]]) -> float | None:
    made = sum(figures["made"] or 0 for figures in kinds.values())
    return round(sum(figures[word] or 0 for figures in kinds.values()) / made, 4) if made else None


def _percentile(values: Sequence[float], part: int) -> float | None:
    return round(float(np.percentile(values, part)), 2) if values else None
