"""Ranked passages to an answer: which sentences to quote, or an honest no."""
