"""Passages embedded, indexed and ranked; answers made of what they say, word for word."""
