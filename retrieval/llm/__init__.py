"""The language model: an OpenAI-compatible endpoint, its limits, and what happens where it fails."""

from retrieval.llm.completion import Completion
from retrieval.llm.model import LanguageModel
from retrieval.llm.models import Figures, Limits, Spread, Tokens

__all__ = ["Completion", "Figures", "LanguageModel", "Limits", "Spread", "Tokens"]
