"""What a failed call to Telegram means: whether to call again, when, and whether it may have arrived all the same."""

from __future__ import annotations

import aiohttp
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

OF_THE_NETWORK = (aiohttp.ClientError, TimeoutError)
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""What happens before anything is said."""

TOO_MUCH = "Request Entity Too Large"
"""The library makes a network error of every status that it does not know, and this one is the same next time."""


def is_passing(error: BaseException) -> bool:
    """Return whether the same call may succeed later."""
    if isinstance(error, RetryAfter):
        return True
    if not isinstance(error, NetworkError) or isinstance(error, BadRequest) or TOO_MUCH in str(error):
        return False
    # What else went wrong in the library, such as a closed connection pool, is no matter of the network.
    return error.__cause__ is None or isinstance(error.__cause__, (*OF_THE_NETWORK, TelegramError))


def may_have_arrived(error: BaseException) -> bool:
    """Return whether Telegram may have done what was asked: the connection ended before its answer."""
    return isinstance(error.__cause__, OF_THE_NETWORK) and not isinstance(error.__cause__, NEVER_LEFT)


def is_undelivered(error: BaseException) -> bool:
    """Return whether it is not the message that is at fault, so it is worth sending after a restart."""
    return is_passing(error) or isinstance(error, InvalidToken)


def seconds_to_wait(error: RetryAfter) -> float:
    """Return how long Telegram wants not to hear from us."""
    # The public property warns that it will be a timedelta one day.
    return error._retry_after.total_seconds()  # noqa: SLF001
