"""Tests of `provider.builds`."""
