"""A generation made of the one before is what a build from nothing would have made of the same articles."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.library import scan
from retrieval.answerer import Answerer
from retrieval.index.catalog import Catalog
from retrieval.index.difference import compare
from retrieval.index.generation import Generation
from retrieval.index.lexical import stems
from retrieval.index.parts import CATALOG, TOKENS
from retrieval.index.probe import examine
from retrieval.progress import ignore
from tests.retrieval.canned_model import CannedModel
from tests.retrieval.engines import outcome
from tests.retrieval.newspapers import CAUSE, LEAD, REPAIR, WAITING
from tests.retrieval.small_articles import ARTICLES, BRIDGE, OWLS, build_from, builder, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrieval.index.generation import Manifest

PARAGRAPHS = [
    f"{LEAD} {REPAIR} {WAITING} {CAUSE}",
    f"(NW) {LEAD} {REPAIR} {WAITING.replace('34', '41')} {CAUSE}",
    f"{LEAD} {REPAIR} {CAUSE}",
    BRIDGE.strip(),
    "Twelve snowy owls were counted in Finnmark this spring. Nobody knows why they came back.",
    "The ferry Solveig ran aground off Bodo with 214 passengers.",
    "Leave a Comment",
]
QUESTIONS = ["How long does the repair of the gate take?", "How many snowy owls?", "ferry", "Tuesday since:2020"]
TODAY = date(2024, 5, 31)

bodies = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3).map("\n\nLeave a Comment\n\n".join)
texts = st.one_of(bodies, bodies.map(lambda body: f"---\ntitle: Report\npublished: 2021-05-03\n---\n{body}\n"))
steps = st.dictionaries(st.sampled_from(["a.md", "b.txt", "c.md", "d.txt", "e.md"]), texts | st.none(), max_size=4)


@pytest.fixture(autouse=True, scope="module")
def settled_files() -> Iterator[None]:
    """Files that were changed right before a scan are known as well, or none would be passed over here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.library.RACY_NANOSECONDS", 0)
        yield


def update_from(articles_dir: Path, folder: Path, previous: Path, model: CannedModel) -> Manifest:
    """Make the generation after `previous`, as a reload does, its cache of vectors beside it."""
    folder.mkdir(parents=True)
    with closing(Catalog.open(previous / CATALOG)) as catalog:
        files, digests = catalog.files(), catalog.digests()
    found = scan(articles_dir, files)
    maker = builder(articles_dir, folder.parent / "embeddings.db", model)
    made = maker.update(folder, 2, found, previous, compare(found, digests), ignore)
    examine(folder)
    return made


def change(articles_dir: Path, step: Mapping[str, str | None]) -> None:
    for path, text in step.items():
        if text is None:
            (articles_dir / path).unlink(missing_ok=True)
        else:
            write(articles_dir, {path: text})


def contents(folder: Path) -> dict[str, object]:
    """All that a generation holds and finds, without the keys, which tell in which order articles came."""
    with closing(Generation.open(folder)) as generation:
        catalog, manifest = generation.catalog, generation.manifest
        ids = catalog.passage_ids(1000)
        passages = {found.key: found for found in catalog.passages(ids=ids)}
        names = {key: found.passage.id for key, found in passages.items()}
        groups: dict[int, set[str]] = defaultdict(set)
        for key, story in catalog.stories(passages).items():
            groups[story].add(names[key])
        candidates = catalog.candidates(ids=ids)
        answerer = Answerer(generation, CannedModel())
        return {
            "counts": (manifest.articles, manifest.passages, manifest.failed),
            "cards": catalog.cards(),
            "texts": {card.id: catalog.article(card.id) for card in catalog.cards()},
            "digests": catalog.digests(),
            "files": catalog.files(),
            "passages": {found.passage.id: (found.passage, found.text) for found in passages.values()},
            "stems": {names[found.key]: [codes.tolist() for codes in found.stems] for found in candidates},
            "vectors": {names[found.key]: found.vectors.tolist() for found in candidates},
            "tokens": {names[key]: tokens.ids.tolist() for key, tokens in catalog.tokens(passages).items()},
            "idf": catalog.token_idf(np.arange(110, dtype=np.uint16)).tolist(),
            "groups": {frozenset(group) for group in groups.values()},
            "copies": {
                frozenset(group): [card.path for _, card in catalog.copies(story)] for story, group in groups.items()
            },
            "words": [
                {names[key]: score for key, score in generation.lexical.search(stems(text), 1000).items()}
                for text in [*PARAGRAPHS, *QUESTIONS]
            ],
            "nearest": {
                names[found.key]: set(generation.vectors.search(found.vectors[0], len(ids))) for found in candidates
            },
            "answers": [outcome(answerer.answer(question, TODAY).answer) for question in QUESTIONS],
        }


@pytest.fixture(autouse=True, scope="module")
def few_token_files() -> Iterator[None]:
    """So few that they are made into one now and then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.index.catalog_writer.MOST", 2)
        yield


@settings(max_examples=6)
@given(st.lists(steps, min_size=1, max_size=3))
def test_after_any_changes_it_equals_a_build_from_nothing(made: Sequence[Mapping[str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        articles_dir, model = write(Path(temporary, "articles"), {"always.txt": PARAGRAPHS[4]}), CannedModel()
        folder = Path(temporary, "0")
        build_from(articles_dir, folder, model)
        for number, step in enumerate(made, start=1):
            change(articles_dir, step)
            previous, folder = folder, Path(temporary, str(number))
            update_from(articles_dir, folder, previous, model)
        build_from(articles_dir, Path(temporary, "anew"), model)
        updated, anew = contents(folder), contents(Path(temporary, "anew"))
    for part, expected in anew.items():
        assert updated[part] == expected, part


def token_files(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / TOKENS).iterdir())


class TestWork:
    @pytest.fixture
    def articles_dir(self, tmp_path: Path) -> Path:
        return write(tmp_path / "articles", ARTICLES)

    def test_only_passages_of_what_changed_are_embedded(self, articles_dir: Path, tmp_path: Path) -> None:
        """The cache is another one, so that it cannot have helped."""
        build_from(articles_dir, tmp_path / "before" / "generation", CannedModel())
        write(articles_dir, {"owls.md": OWLS.replace("Twelve", "Ten"), "new.txt": "A ferry ran aground off Bodo."})
        (articles_dir / "volcano.md").unlink()
        model = CannedModel()
        made = update_from(articles_dir, tmp_path / "after" / "generation", tmp_path / "before" / "generation", model)
        asked = [text for batch in model.batches for text in batch]
        assert sorted(text.split()[0] for text in asked) == ["A", "Owls"]
        assert (made.articles, made.passages, made.replaced) == (3, 3, 2)

    def test_holes_add_up_until_all_is_built_anew(self, articles_dir: Path, tmp_path: Path) -> None:
        build_from(articles_dir, tmp_path / "0", CannedModel())
        for number, word in enumerate(["Ten", "Eleven"], start=1):
            write(articles_dir, {"owls.md": OWLS.replace("Twelve", word)})
            made = update_from(articles_dir, tmp_path / str(number), tmp_path / str(number - 1), CannedModel())
            assert made.replaced == number
        assert build_from(articles_dir, tmp_path / "anew", CannedModel()).replaced == 0

    def test_a_lexical_index_that_another_process_writes_is_the_same(
        self, articles_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_from(articles_dir, tmp_path / "0", CannedModel())
        write(articles_dir, {"owls.md": OWLS.replace("Twelve", "Ten"), "a ferry.txt": PARAGRAPHS[5]})
        (articles_dir / "volcano.md").unlink()
        monkeypatch.setattr("retrieval.index.build.MANY", 1)
        update_from(articles_dir, tmp_path / "1", tmp_path / "0", CannedModel())
        monkeypatch.undo()
        build_from(articles_dir, tmp_path / "anew", CannedModel())
        assert contents(tmp_path / "1") == contents(tmp_path / "anew")

    def test_where_passages_are_only_removed_no_file_of_token_vectors_is_made(
        self, articles_dir: Path, tmp_path: Path
    ) -> None:
        build_from(articles_dir, tmp_path / "0", CannedModel())
        (articles_dir / "volcano.md").unlink()
        update_from(articles_dir, tmp_path / "1", tmp_path / "0", CannedModel())
        assert token_files(tmp_path / "1") == ["1"]

    def test_a_file_of_token_vectors_that_nobody_needs_is_not_taken_along(
        self, articles_dir: Path, tmp_path: Path
    ) -> None:
        build_from(articles_dir, tmp_path / "0", CannedModel())
        for number, word in enumerate(["Ten", "Eleven"], start=1):
            write(articles_dir, {"owls.md": OWLS.replace("Twelve", word)})
            update_from(articles_dir, tmp_path / str(number), tmp_path / str(number - 1), CannedModel())
        assert [token_files(tmp_path / number) for number in "012"] == [["1"], ["1", "2"], ["1", "2"]]
        assert not (tmp_path / "2" / TOKENS / "2").samefile(tmp_path / "1" / TOKENS / "2")

    def test_of_many_files_of_token_vectors_all_but_the_largest_become_one(
        self, articles_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("retrieval.index.catalog_writer.MOST", 4)
        build_from(articles_dir, tmp_path / "0", CannedModel())
        for number in range(1, 5):
            write(articles_dir, {f"ferry-{number}.txt": f"Ferry number {number} ran aground off Bodo."})
            update_from(articles_dir, tmp_path / str(number), tmp_path / str(number - 1), CannedModel())
        assert token_files(tmp_path / "3") == ["1", "2", "3", "4"]
        assert token_files(tmp_path / "4") == ["1", "5"]
        build_from(articles_dir, tmp_path / "anew", CannedModel())
        assert contents(tmp_path / "4")["tokens"] == contents(tmp_path / "anew")["tokens"]

    def test_what_it_is_made_of_stays_as_it_is(self, articles_dir: Path, tmp_path: Path) -> None:
        before = tmp_path / "before"
        build_from(articles_dir, before, CannedModel())
        held = {file: file.read_bytes() for file in before.rglob("*") if file.is_file()}
        write(articles_dir, {"owls.md": OWLS.replace("Twelve", "Ten")})
        update_from(articles_dir, tmp_path / "after", before, CannedModel())
        assert {file: file.read_bytes() for file in before.rglob("*") if file.is_file()} == held
