"""Tests of large documents."""
