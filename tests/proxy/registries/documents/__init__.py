"""Tests of proxy/registries/documents."""
