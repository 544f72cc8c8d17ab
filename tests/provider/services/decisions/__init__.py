"""Tests of logging decisions."""
