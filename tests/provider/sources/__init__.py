"""Tests of `provider.sources`."""
