"""Tests of the readers, one module a format."""
