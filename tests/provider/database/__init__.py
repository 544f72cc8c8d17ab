"""Tests of provider.database."""
