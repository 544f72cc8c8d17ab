"""Tests of `image-factory simulate`."""
