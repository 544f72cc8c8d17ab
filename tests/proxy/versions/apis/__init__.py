"""Tests of proxy/versions/apis."""
