"""Tests of the config repository."""
