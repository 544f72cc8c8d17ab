"""Tests of sharing out the requests that GitHub allows."""
