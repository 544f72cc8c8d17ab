"""Tests of noticing what stands still."""
