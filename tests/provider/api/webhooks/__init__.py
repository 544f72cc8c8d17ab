"""Tests of `provider.api.webhooks`."""
