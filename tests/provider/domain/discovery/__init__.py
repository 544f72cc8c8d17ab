"""Tests of what a source says about the images that an image is built from."""
