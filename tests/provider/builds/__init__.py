"""Tests of the build systems."""
