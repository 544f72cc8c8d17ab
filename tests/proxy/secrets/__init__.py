"""Tests of how secrets are read and hidden."""
