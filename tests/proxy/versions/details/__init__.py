"""Tests of proxy/versions/details."""
