"""Measures performance: ratios against named peers on the same machine, each with a goal."""
