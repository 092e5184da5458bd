"""A conversation with its memory: what was asked before, what was shown for it, and the buttons that go back to it."""

from bot.dialogue.dialogue import Dialogue, Edited
from bot.dialogue.presses import PRESSED
from bot.dialogue.values import Asker, Pressed

__all__ = ["PRESSED", "Asker", "Dialogue", "Edited", "Pressed"]
