"""Tests of backup and restore of an installation."""
