"""Tests of asking for runs beside the rounds."""
