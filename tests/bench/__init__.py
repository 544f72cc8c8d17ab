"""Tests of what the benchmark computes and prints; the measuring itself is not tested."""
