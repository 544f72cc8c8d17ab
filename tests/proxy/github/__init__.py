"""Tests of proxy.github."""
