"""Tests of what shows the work of a process."""
