"""Tests of the replay of recorded histories."""
