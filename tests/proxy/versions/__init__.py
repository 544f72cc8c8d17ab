"""Tests of proxy/versions."""
