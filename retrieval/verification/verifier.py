"""Whether a sentence that a language model wrote is proven by the excerpts it cites.

Every content word of the sentence must rest on one sentence of a cited excerpt, or on two neighbouring ones: names,
numbers and dates by their value, other words by their lemma, by a known synonym or, a few of them, by the model's
vectors. Then what the words do to each other is compared: what is denied, doubted, contrary, and who does what to whom.
Whatever cannot be told is not proven.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.verification import instructions, markers, polarity, quotations, roles, voice
from retrieval.verification.alignment import Alignment, Indexed, align, stands_in
from retrieval.verification.counting import counts_something_else, limited_differently, said_twice, scored_differently
from retrieval.verification.evidence import Evidence, Window, straddles, token_vectors, whole
from retrieval.verification.lemmas import words
from retrieval.verification.models import Reason, Rejected, Support, Verified
from retrieval.verification.tokens import Kind, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from retrieval.embedding.minilm import MiniLM
    from retrieval.verification.models import Excerpt

LEAST_COSINE = 0.45
"""Between a sentence and what it rests on; true paraphrases of ten words and more have 0.6 and more."""

LONGEST = 1200
"""Characters of a sentence; a longer one is no sentence."""

GUESSED_SHARE = 0.2
"""Of a sentence's content words, those that only the vectors may speak for; one in any case."""

_FINAL = {Reason.ROLES, Reason.NEGATION, Reason.DIRECTION, Reason.CERTAINTY}
"""What makes a sentence false as a whole, though each of its clauses may stand somewhere."""

_WINDOWS_ALIGNED = 6
_WINDOWS_TRIED = 3
_SHORTEST_CLAUSE = 3
_CLAUSE = re.compile(r";\s+|,?\s+(?:and|but|while|whereas|although|though|yet)\s+")
_LEAD = re.compile(
    r"(?:(?:According to|As per) (?:the |this |these )?(?:articles?|excerpts?|passages?|sources?|reports?), "
    r"|(?:The|This) (?:article|excerpt|passage|report|source|text) (?:says|states|reports|notes|mentions)(?: that)? "
    r"|(?:In addition|Additionally|Moreover|Furthermore|However|Also|Overall|In short|In summary|Meanwhile|Yes), "
    r"|(?:But|And|Yet|So) )"
)
_ENGLISH = frozenset(
    words("""
    the a an of to in on at by for with from and or but is was are were be been has have had it its he she they his her
    their that this which who as not no will would said after before more than about into over when while also than
    there all some only during between under against up out may can could did does do one two
    """)
)


class _Claim:
    """A sentence without its markers, as it is compared."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = read(text)
        self.indexed = Indexed(self.tokens)
        self._vectors: NDArray[np.float32] | None = None

    def vectors(self, model: MiniLM) -> NDArray[np.float32]:
        """Return the tokens' vectors, shape (tokens, 384); computed once."""
        if self._vectors is None:
            self._vectors = token_vectors(self.text, self.tokens, model)
        return self._vectors


class Verifier:
    """Checks the sentences of one answer against the excerpts that the model was given."""

    def __init__(self, excerpts: Sequence[Excerpt], model: MiniLM) -> None:
        self._evidence = {excerpt.number: Evidence(excerpt, model) for excerpt in excerpts}
        self._model = model

    def check(self, sentence: str) -> Verified | Rejected:  # noqa: PLR0911 - one a reason
        """Return the sentence without its markers and what proves it, or why it is not proven."""
        verbatim = " ".join(evidence.excerpt.passage.text for evidence in self._evidence.values())
        text, numbers = markers.split(sentence, verbatim)
        text = _tidy(text)
        if link := instructions.link(text):
            return Rejected(Reason.LINK, link)
        if not numbers:
            return Rejected(Reason.NO_MARKER, text)
        if unknown := [number for number in numbers if number not in self._evidence]:
            return Rejected(Reason.UNKNOWN_MARKER, f"[{unknown[0]}]")
        cited = [self._evidence[number] for number in numbers]
        passages = " ".join(evidence.excerpt.passage.text for evidence in cited)
        if order := instructions.order(text, passages):
            return Rejected(Reason.INSTRUCTION, order)
        if support := _verbatim(text, cited):
            return Verified(text, (support,))
        if len(text) > LONGEST:
            return Rejected(Reason.MEANING, f"{len(text)} characters")
        if not all(map(_is_english, (text, *(evidence.excerpt.passage.text for evidence in cited)))):
            return Rejected(Reason.LANGUAGE, text)
        for string in quotations.quoted(text):
            if not any(quotations.stands_in(string, evidence.excerpt.passage.text) for evidence in cited):
                return Rejected(Reason.QUOTATION, string)
        return self._prove(text, cited)

    def _prove(self, text: str, cited: Sequence[Evidence]) -> Verified | Rejected:
        proven = self._best(text, cited)
        if isinstance(proven, Support):
            return Verified(text, (proven,))
        if proven.reason in _FINAL:
            return proven
        supports = []
        for clause in _clauses(text):
            part = self._best(clause, cited)
            if not isinstance(part, Support):
                return proven
            supports.append(part)
        if not supports:
            return proven
        order = [evidence.excerpt.number for evidence in cited]
        return Verified(text, tuple(sorted(dict.fromkeys(supports), key=lambda support: order.index(support.number))))

    def _best(self, text: str, cited: Sequence[Evidence]) -> Support | Rejected:
        """Return the shortest run of sentences that proves a text, or why the nearest one does not."""
        text = _without_lead(text, cited)
        claim = _Claim(text)
        if not any(token.is_content for token in claim.tokens):
            return Rejected(Reason.MEANING, text)
        windows = [window for evidence in cited for window in evidence.windows]
        likely = sorted(windows, key=lambda window: (-window.shared(claim.tokens), window.last - window.first))
        ranked = sorted(
            ((window, align(claim.indexed, window.indexed)) for window in likely[:_WINDOWS_ALIGNED]),
            key=lambda pair: (_weight(claim, pair[1]), pair[0].last - pair[0].first),
        )
        first: Rejected | None = None
        told: list[Window] = []
        for window, found in ranked[:_WINDOWS_TRIED]:
            if any(window.holds(other) for other in told):
                continue  # what one sentence says otherwise, its neighbour does not mend
            refused = (
                _facts(claim, window, found, cited)
                or _lacking(claim, found.missing)
                or self._meaning(claim, window, found)
            )
            if refused is None:
                return Support(window.evidence.excerpt.number, window.quote)
            first = first or refused
            if not found.missing and window.first == window.last:
                told.append(window)
        return first or Rejected(Reason.MEANING, text)

    def _meaning(self, claim: _Claim, window: Window, found: Alignment) -> Rejected | None:
        """Return what a sentence means that the passage does not; the vectors are asked last, they take longest."""
        if not found.missing and (refused := _relations(claim, window, found)):
            return refused
        vectors, theirs = claim.vectors(self._model), window.vectors()
        if found.missing:
            found = align(claim.indexed, window.indexed, vectors @ theirs.T)
            if found.missing:
                return Rejected(Reason.MEANING, ", ".join(claim.tokens[place].text for place in found.missing))
            if refused := _relations(claim, window, found):
                return refused
        places = sorted(set(found.places.values()))
        cosine = float(whole(claim.tokens, vectors) @ whole([window.tokens[place] for place in places], theirs[places]))
        return Rejected(Reason.MEANING, f"cosine {cosine:.2f}") if cosine < LEAST_COSINE else None


def _weight(claim: _Claim, found: Alignment) -> float:
    """Return how much of a sentence a passage leaves open; facts count thrice."""
    return sum(3.0 if claim.tokens[place].is_fact else 1.0 for place in found.missing) + len(found.opposed)


def _facts(claim: _Claim, window: Window, found: Alignment, cited: Sequence[Evidence]) -> Rejected | None:
    """Return what is wrong with the names, numbers and dates of a sentence."""
    reasons = {Kind.NUMBER: Reason.NUMBER, Kind.MOMENT: Reason.DATE, Kind.NAME: Reason.NAME}
    for place in found.missing:
        token = claim.tokens[place]
        if token.kind in reasons and not (token.kind is Kind.NAME and token.opens):
            elsewhere = any(stands_in(token, other.indexed) for evidence in cited for other in evidence.windows)
            return Rejected(Reason.MERGED if elsewhere else reasons[token.kind], token.text)
    if counted := counts_something_else(claim.tokens, window.tokens, found):
        return Rejected(Reason.NUMBER, counted)
    if scored := scored_differently(claim.tokens, window.tokens):
        return Rejected(Reason.NUMBER, scored)
    if again := said_twice(claim.tokens, found):
        return Rejected(Reason.NUMBER, again)
    if limited := limited_differently(claim.tokens, window.tokens, found):
        return Rejected(Reason.NUMBER, limited)
    return None


def _relations(claim: _Claim, window: Window, found: Alignment) -> Rejected | None:
    """Return what the words of a sentence do to each other that they do not in the passage."""
    for reason, check in (
        (Reason.DIRECTION, polarity.turned_round),
        (Reason.NEGATION, polarity.denied_differently),
        (Reason.CERTAINTY, polarity.surer),
        (Reason.ROLES, roles.exchanged),
        (Reason.ROLES, voice.exchanged),
        (Reason.ROLES, roles.names_exchanged),
        (Reason.ROLES, roles.led_differently),
        (Reason.MERGED, roles.astray),
        (Reason.DIRECTION, roles.contrary_between),
    ):
        if wrong := check(claim.tokens, window.tokens, found):
            return Rejected(reason, wrong)
    if untied := roles.loose(claim.tokens, found):
        return Rejected(Reason.MEANING, untied)
    if torn := straddles(claim.tokens, window, found):
        return Rejected(Reason.MERGED, torn)
    return None


def _lacking(claim: _Claim, lacking: Sequence[int]) -> Rejected | None:
    """Return the words that nothing in the passage speaks for, if they are too many for the vectors to guess."""
    content = sum(token.is_content for token in claim.tokens)
    if len(lacking) > max(1, GUESSED_SHARE * content):
        return Rejected(Reason.MEANING, ", ".join(claim.tokens[place].text for place in lacking))
    return None


def _verbatim(text: str, cited: Sequence[Evidence]) -> Support | None:
    """Return the sentence, or up to three neighbours, that a text repeats word for word."""
    wanted = quotations.plain(text)
    for evidence in cited:
        sentences = evidence.excerpt.sentences
        for length in (1, 2, 3):
            for first in range(len(sentences) - length + 1):
                last = first + length - 1
                span = evidence.span(first, last)
                if all(evidence.usable[first : last + 1]) and quotations.plain(_tidy(span.text)) == wanted:
                    return Support(evidence.excerpt.number, span)
    return None


def _clauses(text: str) -> list[str]:
    """Return the clauses of a sentence that could each stand alone, none if it cannot be taken apart."""
    pieces = [piece.strip() for piece in _CLAUSE.split(text)]
    if len(pieces) < 2:
        return []
    for piece in pieces:
        tokens = read(piece)
        if sum(token.is_content for token in tokens) < _SHORTEST_CLAUSE or not roles.has_verb(tokens):
            return []
        opening = next((token for token in tokens if token.kind is not Kind.MARK), None)
        if opening is None or not (opening.kind in {Kind.NAME, Kind.NUMBER} or opening.folded in {"the", "a", "an"}):
            return []
    return pieces


def _is_english(text: str) -> bool:
    """Return whether a text has the small words of English, or is too short to tell."""
    found = re.findall(r"[^\W\d_]+", text.casefold())
    if any(ord(sign) > 0x24F and sign.isalpha() for word in found for sign in word):
        return sum(word in _ENGLISH for word in found) >= 2
    return len(found) < 8 or sum(word in _ENGLISH for word in found) >= max(1, len(found) // 12)


def _without_lead(text: str, cited: Sequence[Evidence]) -> str:
    """Return a text without words in front that say no more than that an excerpt says so."""
    found = _LEAD.match(text)
    if found is None:
        sources = {evidence.excerpt.article.source for evidence in cited}
        source = next(iter(sources)) if len(sources) == 1 else None
        if source:
            name = re.escape(source.removeprefix("The ").removeprefix("the "))
            found = re.match(
                rf"(?:According to (?:the )?{name}, |(?:The )?{name} (?:reports|reported|writes|wrote|says) that )",
                text,
            )
    return text[found.end() :] if found and found.end() < len(text) else text


def _tidy(text: str) -> str:
    """Return a text without doubled or stray spaces before its marks."""
    return re.sub(r"\s+([.,;:!?])(?=\s|$|[\"”’)])", r"\1", " ".join(text.split()))
