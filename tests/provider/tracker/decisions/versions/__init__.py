"""Tests of versions as people read them."""
