"""Generations of the index: built beside the serving one, probed, published whole."""
