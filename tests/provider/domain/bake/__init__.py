"""Tests of the reader of bake files."""
