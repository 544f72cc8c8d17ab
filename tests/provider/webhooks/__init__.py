"""Tests of `provider.webhooks`."""
