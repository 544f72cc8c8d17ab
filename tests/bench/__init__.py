"""Tests of the benchmark's computations and output; measuring is not tested."""
