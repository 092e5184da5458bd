"""What one completion takes, counted while it is written."""

from __future__ import annotations

from retrieval.llm.models import Tokens, estimated_tokens


class Meter:
    """Knows the endpoint's own count as soon as it tells one, and estimates until then."""

    def __init__(self, prompt: str, most: int) -> None:
        self._prompt = estimated_tokens(len(prompt.encode("utf-8", "replace")))
        self._most = most
        self._pieces = 0
        self._bytes = 0
        self._told: Tokens | None = None
        self.is_sent = False

    @property
    def tokens(self) -> Tokens:
        """What it took so far."""
        if self._told:
            return self._told
        return Tokens(self._prompt, estimated_tokens(self._bytes)) if self.is_sent else Tokens()

    @property
    def is_over(self) -> bool:
        """Whether there is more text than was asked for: not every endpoint heeds `max_tokens`."""
        # Most send a token a piece; some cut tokens up and some join them, so neither count is believed alone.
        estimate = estimated_tokens(self._bytes)
        return min(self._pieces, estimate) > self._most or estimate > 2 * self._most

    def count(self, text: str) -> None:
        """Count a piece of text."""
        self._pieces += 1
        self._bytes += len(text.encode("utf-8", "replace"))

    def tell(self, tokens: Tokens) -> None:
        """Take the endpoint's own count."""
        self._told = tokens
