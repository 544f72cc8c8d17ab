"""Tests of what the release tracker is shown of images."""
