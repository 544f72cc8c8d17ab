"""Tests of the page /simulate."""
