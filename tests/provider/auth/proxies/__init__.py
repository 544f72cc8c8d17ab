"""Tests of the proxies in front."""
