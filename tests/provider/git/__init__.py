"""Tests of `provider.git`."""
