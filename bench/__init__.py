"""Benchmarks: each prints one JSON line per figure. Ratios within one run count, not speeds."""
