"""Tests of `provider.domain.events`."""
