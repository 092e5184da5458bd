"""Copies of an agency's story are found, lightly rewritten ones too; another writer's report is not."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index import duplicates
from retrieval.index.duplicates import SHORTEST, NearDuplicates, signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AGENCY = (
    "The city council of Vardal voted on Monday to close its last coal-fired heating plant by the end of next year. "
    "The plant, which has heated 9,000 homes since 1968, will be replaced by heat pumps in the harbour. "
    "Mayor Ingrid Solheim said the programme would cost 74 million euros, most of it borrowed. "
    "Two members of the opposition abstained because they had asked for a referendum. "
    "The first of the pumps is expected to run in October, and the chimney is to be torn down in the spring."
)
LEAD_CHANGED = (
    "VARDAL (Morning Courier) – Coal will soon be history in Vardal. "
    "The plant, which has heated 9,000 homes since 1968, will be replaced by heat pumps in the harbour. "
    "Mayor Ingrid Solheim said the programme would cost 74 million euros, most of it borrowed. "
    "Two members of the opposition abstained because they had asked for a referendum. "
    "The first of the pumps is expected to run in October, and the chimney is to be torn down in the spring."
)
REWRITTEN = (
    "Vardal’s city council voted on Monday to shut its last coal-fired heating plant by the end of next year. "
    "The plant, which has warmed 9,000 homes since 1968, will give way to heat pumps in the harbor. "
    "Mayor Ingrid Solheim said the program would cost 74 million euros, most of it borrowed. "
    "Two opposition members abstained because they had asked for a referendum. "
    "The first of the pumps is expected to start in October, and the chimney will be torn down in the spring."
)
ANOTHER_WRITER = (
    "Families in Vardal have warmed their flats with coal for half a century. Last night councillors put an end to it: "
    "from January after next, heat will come out of the fjord. Ingrid Solheim, who has been mayor since 2019, puts the "
    "price of the new pumps at 74 million euros. Not everybody was convinced. Two councillors who wanted the citizens "
    "to decide refused to vote, and engineers doubt that the first machine can be ready in autumn."
)
UNRELATED = (
    "A herd of musk oxen has crossed the border into Hallen for the first time in forty years, rangers report. "
    "Hikers are asked to keep 200 metres away from the animals, which weigh up to 400 kilograms and charge when "
    "they feel cornered. The herd counts eleven heads, three of them calves born this year."
)
SENTENCES = AGENCY.split(". ")


def groups(texts: Iterable[tuple[str, str]]) -> dict[int, int]:
    """The groups of passages given by article and text, keys from 0."""
    passages = list(texts)
    found = NearDuplicates(lambda keys: {key: passages[key][1] for key in keys})
    for key, (article, text) in enumerate(passages):
        found.add(key, article, signature(text))
    return found.groups()


def of_two_papers(one: str, other: str) -> dict[int, int]:
    return groups([("one", one), ("other", other)])


class TestCopies:
    @pytest.mark.parametrize(
        "copy",
        [
            AGENCY,
            AGENCY.upper(),
            AGENCY.replace("-", "\N{EN DASH}").replace(" ", "\n"),
            LEAD_CHANGED,
            REWRITTEN,
            "By Ola Nordby, Vardal. " + AGENCY,
            AGENCY + " The vote was broadcast live, and a crowd of about 300 watched it in the town square.",
            *(". ".join(SENTENCES[:left] + SENTENCES[left + 1 :]) for left in range(len(SENTENCES))),
        ],
    )
    def test_a_copy_is_found(self, copy: str) -> None:
        assert of_two_papers(AGENCY, copy) == of_two_papers(copy, AGENCY) == {0: 0, 1: 0}

    @pytest.mark.parametrize("other", [ANOTHER_WRITER, UNRELATED, "", "Vardal votes.", SENTENCES[0]])
    def test_another_text_is_not(self, other: str) -> None:
        assert of_two_papers(AGENCY, other) == of_two_papers(other, AGENCY) == {}

    def test_a_few_words_make_one_story_only_if_they_are_the_same(self) -> None:
        line = "Trams stand still in Vardal until noon"
        assert of_two_papers(line, f"{line}.") == {0: 0, 1: 0}
        assert of_two_papers(line, line.replace("noon", "six")) == {}
        assert len(line.split()) < SHORTEST

    def test_passages_without_words_are_no_story(self) -> None:
        assert of_two_papers("* * *", "* * *") == {}

    def test_nothing_has_no_groups(self) -> None:
        assert groups([]) == {}

    def test_other_scripts_are_read_too(self) -> None:
        text = "Городской совет проголосовал за закрытие последней угольной котельной до конца следующего года."
        assert of_two_papers(text, f"{text} Об этом сообщила мэр.") == {0: 0, 1: 0}


class TestGroups:
    def test_a_group_is_known_by_its_smallest_key_and_the_others_have_none(self) -> None:
        papers = [UNRELATED, AGENCY, ANOTHER_WRITER, LEAD_CHANGED, REWRITTEN]
        assert groups((str(number), text) for number, text in enumerate(papers)) == {1: 1, 3: 1, 4: 1}

    def test_what_an_article_says_twice_is_no_group_until_another_says_it(self) -> None:
        twice = [("one", AGENCY), ("one", LEAD_CHANGED)]
        assert groups(twice) == {}
        assert groups([*twice, ("other", REWRITTEN)]) == {0: 0, 1: 0, 2: 0}

    def test_a_group_does_not_grow_by_what_is_like_its_last_member(self) -> None:
        """Each passage drops the oldest five of twenty words and adds five: neighbours are alike, distant ones not."""
        words = [f"word{number}" for number in range(100)]
        passages = [" ".join(words[start : start + 20]) for start in range(0, 60, 5)]
        found = groups((str(number), text) for number, text in enumerate(passages))
        shared = {key: len(set(passages[key].split()) & set(passages[story].split())) for key, story in found.items()}
        assert found
        assert min(shared.values()) >= 10

    def test_what_shares_but_a_phrase_is_not_read(self) -> None:
        drawn = random.Random(7)
        phrase = "according to the spokesman of the ministry of the interior"
        texts = [f"{phrase} {' '.join(f'{drawn.random():.9f}' for _ in range(30))}" for _ in range(500)]
        read: list[int] = []

        def texts_of(keys: Sequence[int]) -> dict[int, str]:
            read.extend(keys)
            return {key: texts[key] for key in keys}

        texts.append(f"{texts[3]} More follows.")
        found = NearDuplicates(texts_of)
        for key, text in enumerate(texts):
            found.add(key, str(key), signature(text))
        assert (found.groups(), sorted(read)) == ({3: 3, 500: 3}, [3, 500])

    def test_a_form_filled_in_many_times_is_compared_with_a_few_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(duplicates, "COMPARED", 2)
        drawn = random.Random(5)
        form = "the bulletin of the water board gives the level of the river at the bridge in metres above the mark"
        filled = [f"{form} {' '.join(str(drawn.random()) for _ in range(20))}" for _ in range(50)]
        found = groups((str(number), text) for number, text in enumerate([*filled, *filled]))
        assert {key: found[key] for key in range(50, 100)} == {key + 50: found[key] for key in range(50)}

    def test_another_process_finds_the_same(self) -> None:
        """Python salts its own hashes anew in each process."""
        script = "import sys; from retrieval.index.duplicates import signature; print(signature(sys.argv[1]).hex())"
        said = subprocess.run([sys.executable, "-c", script, UNRELATED], capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter and these words
        assert said.stdout.strip() == signature(UNRELATED).hex() != ""


WORDS = st.sampled_from("coal heat pump harbour council vote mayor plant chimney spring euros home".split())  # noqa: SIM905 - reads better
TEXTS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)
PASSAGES = st.lists(st.tuples(st.sampled_from("abcd"), TEXTS), max_size=12)


class TestProperties:
    @given(TEXTS, TEXTS)
    def test_being_one_story_is_symmetric(self, one: str, other: str) -> None:
        assert of_two_papers(one, other) == of_two_papers(other, one)

    @given(st.integers(40, 3000), st.integers(0), st.floats(0, 1))
    def test_a_text_that_lost_a_quarter_is_found_however_long_it_is(self, length: int, seed: int, at: float) -> None:
        words = [str(number) for number in random.Random(seed).sample(range(9000), length)]
        start = int(at * length * 3 / 4)
        cut = words[:start] + words[start + length // 4 :]
        assert of_two_papers(" ".join(words), " ".join(cut)) == {0: 0, 1: 0}

    @given(PASSAGES)
    def test_the_same_passages_give_the_same_groups(self, passages: Sequence[tuple[str, str]]) -> None:
        assert groups(passages) == groups(passages)

    @given(PASSAGES)
    def test_a_group_spans_articles_and_has_its_smallest_key(self, passages: Sequence[tuple[str, str]]) -> None:
        found = groups(passages)
        for story in set(found.values()):
            members = [key for key in found if found[key] == story]
            assert min(members) == story
            assert len({passages[key][0] for key in members}) > 1

    @given(PASSAGES)
    def test_equal_texts_in_two_articles_are_one_story(self, passages: Sequence[tuple[str, str]]) -> None:
        found = groups(passages)
        for key, (article, text) in enumerate(passages):
            for other, (another, same) in enumerate(passages):
                if article != another and text == same:
                    assert found[key] == found[other]

    @given(st.lists(TEXTS, max_size=12))
    def test_passages_of_one_article_are_never_grouped(self, texts: Sequence[str]) -> None:
        assert groups(("one", text) for text in texts) == {}

    @given(st.permutations([AGENCY, LEAD_CHANGED, UNRELATED, UNRELATED + " More follows.", ANOTHER_WRITER]))
    def test_the_order_of_unrelated_stories_does_not_matter(self, papers: Sequence[str]) -> None:
        found = groups((text, text) for text in papers)
        stories = {frozenset(papers[key] for key in found if found[key] == story) for story in set(found.values())}
        assert stories == {frozenset([AGENCY, LEAD_CHANGED]), frozenset([UNRELATED, UNRELATED + " More follows."])}
