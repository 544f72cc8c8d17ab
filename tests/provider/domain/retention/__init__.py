"""Tests of what is old enough to be removed."""
