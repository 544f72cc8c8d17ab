"""Tests of the sources of releases."""
