"""Tests of proxy/versions/kinds."""
