"""Tests of `provider.services.webhook_upkeep`."""
