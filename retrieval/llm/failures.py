"""What an exception of the HTTP and OpenAI clients means; the one place where theirs become ours."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from retrieval.errors import Broken, Busy, LanguageModelError, Refused, TooSlow

if TYPE_CHECKING:
    from retrieval.llm.models import Limits

_KEY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN}
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY}


def of_status(response: httpx.Response) -> LanguageModelError:
    """Return what a status other than 200 means."""
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Busy("The language model's endpoint takes no more requests for now.", retry_after=_retry_after(response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        is_away = status == HTTPStatus.SERVICE_UNAVAILABLE
        sentence = f"The language model's endpoint failed (it answered {status})."
        return Broken(sentence, retry_after=_retry_after(response) if is_away else None)
    if status in _KEY:
        return Refused(
            f"The language model's endpoint answered {status}: LLM_API_KEY must be a key that it accepts.",
            is_lasting=True,
        )
    if status == HTTPStatus.NOT_FOUND or status < HTTPStatus.BAD_REQUEST:
        return Refused(
            f"The language model's endpoint answered {status}: LLM_BASE_URL must be its whole address, mostly up to"
            " /v1, and LLM_MODEL a model that it has.",
            is_lasting=True,
        )
    return Refused(f"The language model's endpoint did not take the request (it answered {status}).", is_lasting=False)


def of_transport(error: httpx.TransportError, limits: Limits) -> LanguageModelError:
    """Return what a connection that was not made or did not last means."""
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return TooSlow(f"The language model's endpoint could not be reached within {limits.connect:g} seconds.")
    if isinstance(error, httpx.TimeoutException):
        return TooSlow("The language model's endpoint stopped in the middle.")
    if isinstance(error, httpx.ConnectError):
        return Broken("The language model's endpoint cannot be reached; LLM_BASE_URL must be its address.")
    return Broken("The connection to the language model's endpoint was lost.")


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds after which the endpoint wants to be asked again."""
    said = response.headers.get("retry-after", "").strip()
    if said.replace(".", "", 1).isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said).astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
