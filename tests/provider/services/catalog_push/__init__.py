"""Tests of the pushes of changes of the catalog."""
