"""Answers in a language model's words, each sentence proven by the passages before anybody sees it."""

from retrieval.writing.models import Consultation, Wording
from retrieval.writing.writer import Writer

__all__ = ["Consultation", "Wording", "Writer"]
