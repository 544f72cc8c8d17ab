"""Tests of where releases are found."""
