"""Articles to a generation: three parts that agree, nothing embedded twice, nothing published that is not found."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import pytest

from corpus.chunking import split_passages
from corpus.library import scan
from retrieval.answering.abstention import BUNDLED
from retrieval.embedding.minilm import MiniLM, PassageText
from retrieval.errors import IndexBroken
from retrieval.index.build import Builder, passage_text
from retrieval.index.cache import BATCH
from retrieval.index.catalog import Catalog
from retrieval.index.catalog_writer import CatalogWriter
from retrieval.index.difference import compare
from retrieval.index.generation import Generation
from retrieval.index.lexical import LexicalIndex, stems
from retrieval.index.parts import CATALOG, LEXICAL, VECTORS
from retrieval.index.vectors import VectorIndex
from retrieval.models import Calibration
from retrieval.progress import ignore
from tests.retrieval.canned_model import CannedModel
from tests.retrieval.small_articles import ARTICLES, BRIDGE, OWLS, build_from, write

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from corpus.library import Scan
    from retrieval.embedding.vectors import PassageVectors
    from retrieval.index.tokens import TokenFiles


class CountingModel(MiniLM):
    """The model, and the texts it was asked to embed."""

    @classmethod
    def load(cls, cache: Path, *, quantised: bool = True) -> Self:
        model = super().load(cache, quantised=quantised)
        model.embedded = []
        return model

    embedded: list[str]

    def embed_passage(self, passage: PassageText) -> PassageVectors:
        self.embedded.append(passage.text)
        return super().embed_passage(passage)


@pytest.fixture
def counting(models: Path) -> CountingModel:
    return CountingModel.load(models)


@pytest.fixture
def articles_dir(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


class TestParts:
    def test_the_three_parts_and_the_manifest_agree(self, sample: Generation, sample_scan: Scan) -> None:
        passages = [passage.id for article in sample_scan.articles for passage in split_passages(article)]
        assert sample.manifest.articles == len(sample.catalog.cards()) == len(sample_scan.articles)
        assert sample.manifest.passages == len(passages)
        assert {sample.catalog.count_passages(), sample.lexical.count(), sample.vectors.count()} == {len(passages)}
        nearest = sample.vectors.search(sample.catalog.candidates([1])[0].vectors[0], len(passages) + 10)
        assert sorted(nearest) == sorted(passages)

    def test_every_passage_is_found_by_both_legs(self, sample: Generation) -> None:
        keys = range(1, sample.manifest.passages + 1)
        everything = sample.catalog.passages(keys)
        assert len(everything) == sample.manifest.passages
        for passage, candidate in zip(everything, sample.catalog.candidates(keys), strict=True):
            assert sample.vectors.search(candidate.vectors[0], 1) == [passage.passage.id]
            assert passage.key in sample.lexical.search(stems(passage.text), 3)

    @pytest.mark.parametrize("part", [CATALOG, VECTORS, LEXICAL])
    def test_parts_that_disagree_are_a_broken_index(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path, part: str
    ) -> None:
        folder = tmp_path / "generation"
        build_from(articles_dir, folder, model)
        fewer = tmp_path / "fewer"
        (articles_dir / "owls.md").unlink()
        build_from(articles_dir, fewer, model)
        (folder / part).rename(tmp_path / "away")
        (fewer / part).rename(folder / part)
        with pytest.raises(IndexBroken, match=r"^[^\n]*disagree[^\n]*\.$"):
            Generation.open(folder)

    @pytest.mark.parametrize("part", [CATALOG, VECTORS, LEXICAL])
    def test_a_part_that_is_missing_is_a_broken_index(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path, part: str
    ) -> None:
        folder = tmp_path / "generation"
        build_from(articles_dir, folder, model)
        (folder / part).rename(tmp_path / "away")
        with pytest.raises(IndexBroken, match=r"^[^\n]*damaged[^\n]*\.$"):
            Generation.open(folder)

    def test_files_that_were_skipped_stand_in_the_manifest(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path
    ) -> None:
        (articles_dir / "broken.txt").write_bytes(b"caf\xe9 closed")
        manifest = build_from(articles_dir, tmp_path / "generation", model)
        assert list(manifest.failed) == ["broken.txt"]
        assert manifest.articles == len(ARTICLES)

    def test_a_generation_keeps_the_calibration_it_was_built_with(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path
    ) -> None:
        made = Calibration(slope=1.25, midpoint=2.5, answer=0.5, closest=0.25)
        folder = tmp_path / "generation"
        folder.mkdir()
        with_it = Builder(articles_dir=articles_dir, model=model, cache=tmp_path / "c.db", calibration=made)
        with_it.build(folder, 1, scan(articles_dir), ignore)
        with closing(Generation.open(folder)) as generation:
            assert generation.manifest.calibration == made

    def test_without_one_it_keeps_that_of_the_bundled_model(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path
    ) -> None:
        assert build_from(articles_dir, tmp_path / "generation", model).calibration == BUNDLED

    def test_furniture_is_in_no_part(self, articles_dir: Path, model: MiniLM, tmp_path: Path) -> None:
        write(articles_dir, {"bridge.txt": f"Header Ads\n\n{BRIDGE}\nLeave a Comment\n"})
        build_from(articles_dir, tmp_path / "generation", model)
        with closing(Generation.open(tmp_path / "generation")) as generation:
            texts = [passage.text for passage in generation.catalog.passages(range(10))]
            assert generation.lexical.search(["comment"], 5) == {}
        assert not any("Comment" in text or "Header" in text for text in texts)


class TestProbe:
    def test_a_passage_that_others_outrank_by_its_own_words_is_still_published(
        self, model: MiniLM, tmp_path: Path
    ) -> None:
        """A passage of one word is not the best answer to this word; that is no fault of the index."""
        longer = {
            f"report{number}.txt": "Glacier watch: "
            + " ".join(
                f"the {kind} glacier above valley {number} is a glacier." for kind in ("upper", "lower", "old", "new")
            )
            for number in range(8)
        }
        articles_dir = write(tmp_path / "articles", {"brief.txt": "Glaciers.", **longer})
        manifest = build_from(articles_dir, tmp_path / "generation", model)
        assert manifest.articles == 9

    def test_articles_that_differ_only_in_capitals_are_still_published(self, model: MiniLM, tmp_path: Path) -> None:
        """The model reads no capitals, so these have one vector; ten of them are more than a probe looks at."""
        words = ["alpha", "bravo", "delta", "gamma", "omega", "sigma", "theta", "kappa", "lambda", "zeta"]
        sentence = " ".join(words) + " were the names of the boats."
        front = "---\ntitle: Boats\n---\n"
        articles = {f"{word}.txt": front + sentence.replace(word, word.upper()) for word in words}
        manifest = build_from(write(tmp_path / "articles", articles), tmp_path / "generation", model)
        assert manifest.articles == len(words)

    def test_one_paragraph_in_many_articles_is_published(self, model: MiniLM, tmp_path: Path) -> None:
        articles = {f"{number}.txt": f"{BRIDGE}\nLeave a Comment\n\nStory {number} of many." for number in range(12)}
        manifest = build_from(write(tmp_path / "articles", articles), tmp_path / "generation", model)
        assert manifest.passages == 24

    def test_an_article_of_function_words_alone_is_published(self, model: MiniLM, tmp_path: Path) -> None:
        articles_dir = write(tmp_path / "articles", {"what.txt": "What is it? Who are they?"})
        assert build_from(articles_dir, tmp_path / "generation", model).passages == 1

    def test_an_article_of_nothing_but_furniture_has_no_passages(self, model: MiniLM, tmp_path: Path) -> None:
        articles_dir = write(
            tmp_path / "articles", {"bridge.txt": BRIDGE, "empty.txt": "Leave a Comment\n\nHeader Ads\n"}
        )
        manifest = build_from(articles_dir, tmp_path / "generation", model)
        assert (manifest.articles, manifest.passages) == (2, 1)


class TestDuplicates:
    copy = f"Our correspondent writes: {BRIDGE}"
    """Bylines differ; the two sentences are the same."""

    @staticmethod
    def stories(folder: Path) -> list[list[str]]:
        """The paths of each story's articles, as the published catalog gives them."""
        with closing(Generation.open(folder)) as generation:
            catalog = generation.catalog
            stories = catalog.stories(range(1, generation.manifest.passages + 1))
            return [[card.path for _, card in catalog.copies(story)] for story in sorted(set(stories.values()))]

    def test_a_generation_knows_which_articles_tell_one_story(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path
    ) -> None:
        write(articles_dir, {"copy.md": f"---\ntitle: Bridge shut\npublished: 2024-03-05\n---\n{self.copy}"})
        build_from(articles_dir, tmp_path / "generation", model)
        assert self.stories(tmp_path / "generation") == [["copy.md", "bridge.txt"]]

    def test_every_copy_is_still_indexed(self, articles_dir: Path, model: MiniLM, tmp_path: Path) -> None:
        write(articles_dir, {"copy.txt": self.copy})
        manifest = build_from(articles_dir, tmp_path / "generation", model)
        assert manifest.passages == len(ARTICLES) + 1
        with closing(Generation.open(tmp_path / "generation")) as generation:
            found = generation.catalog.passages(generation.lexical.search(["larvik"], 5))
        assert sorted(passage.article.path for passage in found) == ["bridge.txt", "copy.txt"]

    def test_without_its_copy_a_passage_has_no_story(self, articles_dir: Path, model: MiniLM, tmp_path: Path) -> None:
        write(articles_dir, {"copy.txt": self.copy})
        build_from(articles_dir, tmp_path / "with", model)
        (articles_dir / "copy.txt").unlink()
        build_from(articles_dir, tmp_path / "without", model)
        assert (len(self.stories(tmp_path / "with")), self.stories(tmp_path / "without")) == (1, [])

    def test_the_samples_tell_twelve_stories(self, sample: Generation) -> None:
        """Two of them report on one airport, eight years apart and in other words."""
        assert sample.catalog.stories(range(1, sample.manifest.passages + 1)) == {}


class TestEmbeddingOnce:
    def test_a_second_build_embeds_nothing(self, articles_dir: Path, counting: CountingModel, tmp_path: Path) -> None:
        build_from(articles_dir, tmp_path / "first", counting)
        assert len(counting.embedded) == 3
        counting.embedded.clear()
        build_from(articles_dir, tmp_path / "second", counting)
        assert counting.embedded == []

    def test_a_new_and_a_changed_article_are_the_only_ones_embedded(
        self, articles_dir: Path, counting: CountingModel, tmp_path: Path
    ) -> None:
        build_from(articles_dir, tmp_path / "first", counting)
        counting.embedded.clear()
        changed = OWLS.replace("Twelve", "Thirteen")
        write(articles_dir, {"owls.md": changed, "new.txt": "A ferry ran aground off Bodo."})
        build_from(articles_dir, tmp_path / "second", counting)
        assert sorted(text.split()[0] for text in counting.embedded) == ["A", "Owls"]
        assert any("Thirteen" in text for text in counting.embedded)

    def test_coming_back_to_an_earlier_text_embeds_nothing(
        self, articles_dir: Path, counting: CountingModel, tmp_path: Path
    ) -> None:
        build_from(articles_dir, tmp_path / "first", counting)
        (articles_dir / "owls.md").unlink()
        build_from(articles_dir, tmp_path / "second", counting)
        counting.embedded.clear()
        write(articles_dir, ARTICLES)
        build_from(articles_dir, tmp_path / "third", counting)
        assert counting.embedded == []

    def test_one_text_in_many_places_is_embedded_once(self, counting: CountingModel, tmp_path: Path) -> None:
        front = "---\ntitle: Same\n---\n"
        articles = {f"{number}.txt": f"{front}{BRIDGE}\nLeave a Comment\n\nStory {number}." for number in range(3)}
        build_from(write(tmp_path / "articles", articles), tmp_path / "generation", counting)
        assert sum(text == BRIDGE.strip() for text in counting.embedded) == 1

    def test_vectors_from_the_cache_are_those_of_the_model(
        self, articles_dir: Path, model: MiniLM, tmp_path: Path
    ) -> None:
        build_from(articles_dir, tmp_path / "first", model)
        build_from(articles_dir, tmp_path / "second", model)
        (article, *_) = scan(articles_dir).articles
        (passage, *_) = split_passages(article)
        expected = model.embed_passage(passage_text(article, passage))
        for name in ("first", "second"):
            with closing(Catalog.open(tmp_path / name / CATALOG)) as catalog:
                (found,) = catalog.candidates(ids=[passage.id])
                (tokens,) = catalog.tokens([found.key]).values()
            assert found.vectors[0] @ expected.passage > 0.9999
            np.testing.assert_array_equal(tokens.ids, expected.tokens.ids)
            np.testing.assert_array_equal(tokens.counts, expected.tokens.counts)
            assert (tokens.vectors * expected.tokens.vectors).sum(axis=1).min() > 0.97

    @pytest.mark.parametrize("damage", [b"", b"not a database at all", None])
    def test_a_damaged_cache_costs_time_only(
        self, articles_dir: Path, counting: CountingModel, tmp_path: Path, damage: bytes | None
    ) -> None:
        build_from(articles_dir, tmp_path / "first", counting)
        cache = tmp_path / "embeddings.db"
        cache.write_bytes(cache.read_bytes()[:5000] if damage is None else damage)
        counting.embedded.clear()
        assert build_from(articles_dir, tmp_path / "second", counting).passages == 3
        assert len(counting.embedded) == 3


class WatchedCatalog(CatalogWriter):
    """A catalog that tests find while it is being written."""

    newest: ClassVar[CatalogWriter]

    def __init__(self, connection: sqlite3.Connection, tokens: TokenFiles) -> None:
        super().__init__(connection, tokens)
        WatchedCatalog.newest = self


class WatchingModel(CannedModel):
    """Counts, whenever it is asked for a batch, the passages that stand in the catalog by then."""

    def __init__(self) -> None:
        super().__init__()
        self.stood: list[int] = []

    def embed_passages(
        self, passages: Iterable[PassageText], give_way: Callable[[], None] = lambda: None
    ) -> Iterator[PassageVectors]:
        self.stood.append(WatchedCatalog.newest.count_passages())
        return super().embed_passages(passages, give_way)


class TestMemory:
    @pytest.mark.parametrize("ahead", [1, 3])
    def test_no_more_batches_are_embedded_ahead_of_the_catalog_than_may_be(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int
    ) -> None:
        monkeypatch.setattr("retrieval.index.build.CatalogWriter", WatchedCatalog)
        monkeypatch.setattr("retrieval.index.cache.AHEAD", ahead)
        articles = {f"{number}.txt": f"Ferry number {number} sank." for number in range(4 * BATCH + 1)}
        model = WatchingModel()
        manifest = build_from(write(tmp_path / "articles", articles), tmp_path / "generation", model)
        assert manifest.passages == 4 * BATCH + 1
        assert len(model.stood) == 5
        assert all(stood >= (number - ahead) * BATCH for number, stood in enumerate(model.stood))

    def test_passages_in_several_handfuls_are_all_in_chroma(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seven of them in handfuls of three, and six, which leave no rest."""
        monkeypatch.setattr("retrieval.index.nodes.ROWS", 3)
        for count in (6, 7):
            articles = {f"{number}.txt": f"Ferry number {number} sank." for number in range(count)}
            folder = tmp_path / str(count)
            build_from(write(tmp_path / f"articles{count}", articles), folder, CannedModel())
            with closing(Generation.open(folder)) as generation:
                everything = generation.catalog.passages(range(1, count + 1))
                candidates = generation.catalog.candidates(range(1, count + 1))
                nearest = [generation.vectors.search(candidate.vectors[0], 1) for candidate in candidates]
            assert nearest == [[passage.passage.id] for passage in everything]
            assert len(everything) == count


class TestCompare:
    def test_paths_are_sorted_into_added_changed_removed_and_unchanged(self, articles_dir: Path) -> None:
        before = {article.path: article.digest for article in scan(articles_dir).articles}
        write(articles_dir, {"new.txt": "A ferry ran aground.", "owls.md": OWLS.replace("Twelve", "Ten")})
        (articles_dir / "volcano.md").unlink()
        difference = compare(scan(articles_dir), before)
        assert (difference.added, difference.changed, difference.removed) == (
            ("new.txt",),
            ("owls.md",),
            ("volcano.md",),
        )
        assert (difference.unchanged, difference.is_empty) == (1, False)

    def test_another_date_is_a_change_though_the_body_is_the_same(self, articles_dir: Path) -> None:
        before = {article.path: article.digest for article in scan(articles_dir).articles}
        write(articles_dir, {"volcano.md": ARTICLES["volcano.md"].replace("2021", "2022")})
        assert compare(scan(articles_dir), before).changed == ("volcano.md",)

    def test_touching_a_file_is_no_change(self, articles_dir: Path) -> None:
        before = {article.path: article.digest for article in scan(articles_dir).articles}
        write(articles_dir, ARTICLES)
        assert compare(scan(articles_dir), before).is_empty


def test_the_order_of_the_files_does_not_change_a_part(articles_dir: Path, model: MiniLM, tmp_path: Path) -> None:
    backwards = write(tmp_path / "backwards", dict(reversed(ARTICLES.items())))
    build_from(articles_dir, tmp_path / "one", model)
    build_from(backwards, tmp_path / "two", model)
    with (
        closing(Catalog.open(tmp_path / "one" / CATALOG)) as one,
        closing(Catalog.open(tmp_path / "two" / CATALOG)) as two,
    ):
        assert [passage.passage for passage in one.passages(range(9))] == [
            passage.passage for passage in two.passages(range(9))
        ]
    assert LexicalIndex.open(tmp_path / "one" / LEXICAL).search(["bridg"], 5) == LexicalIndex.open(
        tmp_path / "two" / LEXICAL
    ).search(["bridg"], 5)
    question = model.embed_question("owls").whole
    found = []
    for name in ("one", "two"):
        with closing(VectorIndex.open(tmp_path / name / VECTORS)) as vectors:
            found.append(vectors.search(question, 5))
    assert found[0] == found[1]
