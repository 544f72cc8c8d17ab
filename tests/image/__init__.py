"""Tests of the built image, run as in production."""
