"""Tests of `image-factory doctor`."""
