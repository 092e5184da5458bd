from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import httpx
import pytest

from retrieval.errors import Broken, Busy, LanguageModelError, Refused, TooSlow
from retrieval.llm.failures import of_status, of_transport
from retrieval.llm.models import Limits


def retry_after(said: str) -> float | None:
    return of_status(httpx.Response(429, headers={"Retry-After": said})).retry_after


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("", None), ("soon", None), ("-1", None), ("nan", None), (".", None)],
)
def test_the_wait_that_is_asked_for_is_read_in_seconds(said: str, seconds: float | None) -> None:
    assert retry_after(said) == seconds


def test_the_wait_that_is_asked_for_is_read_as_a_date() -> None:
    now = datetime.now(UTC)
    wait = retry_after(format_datetime(now + timedelta(hours=1), usegmt=True))

    assert retry_after(format_datetime(now - timedelta(hours=1), usegmt=True)) == 0.0
    assert wait is not None
    assert 0 < wait <= 3600


@pytest.mark.parametrize("status", [status for status in HTTPStatus if status >= HTTPStatus.MULTIPLE_CHOICES])
def test_every_status_means_something(status: HTTPStatus) -> None:
    error = of_status(httpx.Response(status))

    assert isinstance(error, (Busy, Refused, Broken))
    assert isinstance(error, Broken) or status < HTTPStatus.INTERNAL_SERVER_ERROR


def leaves(kind: type[Exception]) -> list[type[Exception]]:
    return [leaf for child in kind.__subclasses__() for leaf in leaves(child)] or [kind]


@pytest.mark.parametrize("kind", leaves(httpx.TransportError))
def test_every_fault_of_the_connection_means_something(kind: type[httpx.TransportError]) -> None:
    error = of_transport(kind("words of theirs"), Limits())

    assert isinstance(error, LanguageModelError)
    assert isinstance(error, TooSlow) == issubclass(kind, httpx.TimeoutException)
    assert "words of theirs" not in str(error)
