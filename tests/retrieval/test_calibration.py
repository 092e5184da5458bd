"""What confidence means: the curve, the questions it is fitted on, and the file it is kept in."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import scan
from retrieval.answering.abstention import BUNDLED
from retrieval.calibration import (
    ANSWERED,
    FEWEST,
    SHOWN,
    Calibrated,
    _logistic,
    calibrate,
    load,
    save,
)
from retrieval.errors import DataError, EvaluationError
from retrieval.models import Calibration
from retrieval.question_sets import Question, QuestionSet
from tests.retrieval.small_articles import write

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM

MADE = Calibrated(
    Calibration(slope=2.5, midpoint=3.25, answer=0.4, closest=0.125),
    answerable=60,
    answered=0.98,
    refused=None,
    near_misses_refused=0.5,
)


class TestLogistic:
    @pytest.mark.parametrize(("gap", "spread", "middle"), [(1.0, 1.0, 0.0), (1.5, 0.7, 2.9), (0.5, 0.4, -1.0)])
    @pytest.mark.parametrize("negatives", [20_000, 60_000])
    def test_it_recovers_slope_and_midpoint_however_many_there_are_of_each(
        self, gap: float, spread: float, middle: float, negatives: int
    ) -> None:
        """Two normal samples of one spread: their odds are logistic, with slope gap/spread² around the middle."""
        random = np.random.default_rng(7)
        positive = random.normal(middle + gap / 2, spread, 20_000)
        negative = random.normal(middle - gap / 2, spread, negatives)
        slope, midpoint = _logistic(positive, negative)
        assert slope == pytest.approx(gap / spread**2, rel=0.05)
        assert midpoint == pytest.approx(middle, abs=0.05)

    @given(
        st.integers(50, 200), st.integers(50, 200), st.floats(0.05, 3), st.floats(0.05, 1), st.integers(0, 2**32 - 1)
    )
    def test_samples_that_do_not_overlap_give_a_finite_curve_between_them(
        self, answers: int, misses: int, gap: float, spread: float, seed: int
    ) -> None:
        random = np.random.default_rng(seed)
        negative = random.uniform(1 - spread, 1, misses)
        positive = random.uniform(1 + gap, 1 + gap + spread, answers)
        slope, midpoint = _logistic(positive, negative)
        assert np.isfinite([slope, midpoint]).all()
        assert slope > 0
        assert negative.mean() < midpoint < positive.mean()

    def test_samples_of_one_kind_have_no_slope(self) -> None:
        same = np.random.default_rng(1).normal(2.0, 0.5, 20_000)
        slope, _ = _logistic(same, same)
        assert slope == pytest.approx(0, abs=1e-3)


PLACES = [
    f"{start}{end}"
    for start in ("Bren", "Tar", "Ulv", "Mel", "Oster", "Lar", "Hver", "Fin")
    for end in ("holm", "vik", "sund", "len", "by", "mark", "fjall", "berg")
][: FEWEST + 5]


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> QuestionSet:
    """A question and an article a place, and questions about something else."""
    texts = {
        f"{place}.txt": f"In {place}, volunteers counted {number} snowy owls. The count was held in the {place} park.\n"
        for number, place in enumerate(PLACES, start=20)
    }
    articles = scan(write(tmp_path_factory.mktemp("places"), texts)).articles
    asked = [Question(place, f"How many snowy owls were counted in {place}?", {f"{place}.txt": 1}) for place in PLACES]
    nothing = [Question(str(number), f"Who painted portrait number {number}?", {}) for number in range(8)]
    return QuestionSet(articles, (*asked, *nothing))


@pytest.fixture(scope="module")
def made(questions: QuestionSet, model: MiniLM) -> Calibrated:
    return calibrate(questions, model)


class TestCalibrate:
    def test_nearly_all_answerable_questions_get_an_answer(self, made: Calibrated) -> None:
        assert made.answerable == len(PLACES)
        assert made.answered >= ANSWERED - 1 / len(PLACES)

    def test_it_shows_the_closest_before_it_answers(self, made: Calibrated) -> None:
        assert SHOWN > ANSWERED
        assert 0 <= made.calibration.closest <= made.calibration.answer < 1
        assert made.calibration.slope > 0

    def test_questions_about_something_else_are_refused(self, made: Calibrated) -> None:
        assert made.refused == 1.0

    def test_a_near_miss_is_asked_without_the_article_that_answers(self, made: Calibrated) -> None:
        """Another place's count is found instead; the place's own name is missing."""
        assert made.near_misses_refused > 0.8

    def test_the_same_questions_give_the_same_calibration(
        self, questions: QuestionSet, model: MiniLM, made: Calibrated
    ) -> None:
        seen: list[tuple[str, int, int]] = []
        assert calibrate(questions, model, lambda *step: seen.append(step)) == made
        assert (seen[0][0], seen[-1]) == ("indexing", ("asking", len(questions.questions), len(questions.questions)))

    def test_without_unanswerable_questions_none_is_refused(self, questions: QuestionSet, model: MiniLM) -> None:
        answerable = QuestionSet(questions.articles, questions.questions[: len(PLACES)])
        assert calibrate(answerable, model).refused is None

    def test_too_few_questions_are_refused_before_anything_is_built(
        self, questions: QuestionSet, model: MiniLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        few = QuestionSet(questions.articles, questions.questions[6:])
        with pytest.raises(EvaluationError, match=rf"\AA calibration needs {FEWEST} [^\n]+ {FEWEST - 1}\.\Z"):
            calibrate(few, model)


class TestFile:
    def test_what_was_saved_is_loaded_for_its_model(self, tmp_path: Path) -> None:
        save(MADE, "a model", tmp_path / "calibration.json")
        assert load(tmp_path / "calibration.json", "a model") == MADE.calibration

    @given(st.builds(Calibration, *[st.floats(-1e6, 1e6)] * 4))
    def test_numbers_come_back_exactly(
        self, tmp_path_factory: pytest.TempPathFactory, calibration: Calibration
    ) -> None:
        file = tmp_path_factory.getbasetemp() / "calibration.json"
        save(Calibrated(calibration, 50, 1.0, None, 1.0), "a model", file)
        assert load(file, "a model") == calibration

    def test_another_models_is_ignored(self, tmp_path: Path) -> None:
        save(MADE, "a model", tmp_path / "calibration.json")
        assert load(tmp_path / "calibration.json", "another") == BUNDLED

    def test_where_none_was_made_it_is_the_bundled_models(self, tmp_path: Path) -> None:
        assert load(tmp_path / "calibration.json", "a model") == BUNDLED
        (tmp_path / "calibration.json").mkdir()
        assert load(tmp_path / "calibration.json", "a model") == BUNDLED

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b'{"slope": 1}', b'{"model": "a model"}', b'"model"']
    )
    def test_a_damaged_file_is_ignored(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "calibration.json").write_bytes(content)
        assert load(tmp_path / "calibration.json", "a model") == BUNDLED

    @pytest.mark.parametrize("value", [None, "steep", float("nan")])
    @pytest.mark.parametrize("name", ["slope", "answer"])
    def test_a_file_without_numbers_is_ignored(self, tmp_path: Path, name: str, value: object) -> None:
        """It would pass for a calibration, and the first question would fail or be refused for ever."""
        file = tmp_path / "calibration.json"
        save(MADE, "a model", file)
        file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), name: value}), encoding="utf-8")
        assert load(file, "a model") == BUNDLED

    def test_unknown_fields_are_those_of_another_version_and_ignored_with_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "calibration.json"
        save(MADE, "a model", file)
        file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), "more": 1}), encoding="utf-8")
        assert load(file, "a model") == BUNDLED

    def test_a_file_that_cannot_be_written_is_a_plain_error(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"\ADATA_DIR: [^\n]+calibration\.json cannot be written [^\n]+\.\Z"):
            save(MADE, "a model", tmp_path / "nowhere" / "calibration.json")
