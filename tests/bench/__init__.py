"""Benchmarks.

`python -m tests.bench.quality` writes docs/benchmarks.md, `python -m tests.bench.scale` docs/scale.json and scale.svg.
"""
