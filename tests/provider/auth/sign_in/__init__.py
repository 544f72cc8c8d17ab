"""Tests of signing in as a person."""
