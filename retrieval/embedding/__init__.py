"""Texts to vectors with the bundled model."""
