"""The engine in a process of its own: a search keeps no message waiting, and what kills it leaves the bot alive."""

from retrieval.process.engine import ProcessEngine

__all__ = ["ProcessEngine"]
