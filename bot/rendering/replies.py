"""What is sent: one message or several, rows of buttons, and a file with what does not fit."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `data` comes back when it is pressed, 64 bytes at most."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that goes with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: Telegram HTML, rows of buttons, and a file with what does not fit."""

    html: str
    buttons: tuple[Button, ...] = ()
    """The first row."""
    below: tuple[tuple[Button, ...], ...] = ()
    """The rows under it."""
    before: tuple[str, ...] = ()
    """Messages that go first, where one cannot hold it all; the buttons are under the last."""
    attachment: Attachment | None = None
    answered: bool | None = None
    """Whether the articles held the answer; None where nothing was looked up."""
    exchange: int = 0
    """The number of the exchange that it shows, whose message has to be noted once it is sent; 0 if there is none."""

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        """All rows of buttons that there are."""
        return tuple(row for row in (self.buttons, *self.below) if row)


def turns(name: str, page: int, size: int, total: int, rest: str = "") -> tuple[Button, ...]:
    """Return the buttons from one page of a list, from 0, to those beside it; their data is name:page and the rest."""
    beside = []
    if page:
        beside.append(Button(texts.PREVIOUS, f"{name}:{page - 1}{rest}"))
    if (page + 1) * size < total:
        beside.append(Button(texts.NEXT, f"{name}:{page + 1}{rest}"))
    return tuple(beside)
