"""Tests of the events in the log."""
