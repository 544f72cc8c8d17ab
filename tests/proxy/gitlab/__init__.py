"""Tests of proxy.gitlab."""
