"""Tests of the clouds' credentials, one file a module."""
