"""Tests of how parts are put together."""
