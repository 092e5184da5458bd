"""Proof, sentence by sentence, that what a language model wrote stands in the passages it cites."""
