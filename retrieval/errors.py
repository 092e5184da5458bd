"""What can go wrong between the articles and an answer.

RetrievalError
├── ModelError       the embedding model cannot be loaded
├── DataError        DATA_DIR cannot be used, or what lies in it is not ours
├── IndexBroken      a generation does not hold what its manifest says
├── OutOfReach       the index cannot be asked at this moment
│   ├── ServerUnreachable  the Chroma server does not answer, refuses the token, or is too old
│   └── EngineEnded  the engine's process ended before it answered
├── ReloadRunning    another reload, in this process or another, holds the lock
├── NoPrevious       there is no earlier generation to roll back to
├── ReloadStopped    whoever wanted the reload no longer does
├── RaisedAt         where in the engine's process something was raised that is none of these
├── EvaluationError  the folder given to the evaluation is not one
├── LanguageModelError  the language model gave no answer, or not a whole one
│   ├── Resting      it failed before; it is not asked until a probe has found it well again
│   ├── Refused      it does not take the key, the model's name or the request
│   ├── Busy         it takes no more requests for now
│   ├── TooSlow      one of the limits is up
│   └── Broken       it failed, cannot be reached, or what it sends cannot be read
└── UnreadableQuery  an operator in a message (since:, before:, source:) has a value that means nothing
    └── ContradictingQuery  it has one, but no article can be that and what another operator says
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of the package's errors; its text is one plain sentence for the person who can mend it."""


class ModelError(RetrievalError):
    """The bundled model is missing or is not the one this version was tested with; reinstalling helps."""


class DataError(RetrievalError):
    """DATA_DIR cannot be written, read, or belongs to something else; the operator chooses another or mends it."""


class IndexBroken(RetrievalError):
    """A generation failed its probe or cannot be opened; a full reload builds a new one."""


class OutOfReach(RetrievalError):
    """The index cannot be asked at this moment; waiting helps."""


class ServerUnreachable(OutOfReach):
    """The Chroma server cannot be used; waiting helps, or the operator mends CHROMA_URL, CHROMA_TOKEN or the server."""


class EngineEnded(OutOfReach):
    """The engine's process ended unexpectedly, perhaps for lack of memory; the next call starts another."""


class ReloadRunning(RetrievalError):
    """Somebody is reloading already; waiting helps."""


class NoPrevious(RetrievalError):
    """There is no earlier generation that could serve; the articles themselves must be changed."""


class ReloadStopped(RetrievalError):
    """The reload was stopped before it published anything."""


class RaisedAt(RetrievalError):
    """Lines of code, no values; it is the cause of an exception that came from the engine's process."""


class EvaluationError(RetrievalError):
    """A question set that cannot be read."""


class UnreadableQuery(RetrievalError):
    """An operator in a message has a value that means nothing here; the person writes it another way."""

    def __init__(self, sentence: str, operator: str, value: str) -> None:
        super().__init__(sentence)
        self.operator = operator
        self.value = value

    def __reduce__(self) -> tuple[type[UnreadableQuery], tuple[str, str, str]]:
        """Return how to make it anew: it may come from the engine's process."""
        return type(self), (str(self), self.operator, self.value)


class ContradictingQuery(UnreadableQuery):
    """No article can be what the operators ask for together, though each makes sense; the person leaves one out."""


class LanguageModelError(RetrievalError):
    """The language model gave no answer, or not a whole one; what the passages say themselves can be shown instead.

    None of them holds words of the endpoint, which may repeat the key or the question. `retry_after` are the seconds
    after which it wants to be asked again, where it says so.
    """

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Resting(LanguageModelError):
    """The endpoint failed before and is not asked; waiting helps."""


class Refused(LanguageModelError):
    """The endpoint does not take the request.

    `is_lasting` where it takes none until the operator mends LLM_BASE_URL, LLM_MODEL or LLM_API_KEY.
    """

    def __init__(self, sentence: str, *, is_lasting: bool) -> None:
        super().__init__(sentence)
        self.is_lasting = is_lasting


class Busy(LanguageModelError):
    """The endpoint takes no more requests for now; waiting helps."""


class TooSlow(LanguageModelError):
    """The endpoint did not connect, begin, go on or end in time; waiting may help, or a smaller or nearer model."""


class Broken(LanguageModelError):
    """The endpoint failed or sent what cannot be read; waiting helps, or the operator mends the endpoint."""
