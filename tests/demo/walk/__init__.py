"""Tests of the recorded walk."""
