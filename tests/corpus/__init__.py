"""Tests of the package that reads articles."""
