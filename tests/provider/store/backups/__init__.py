"""Tests of the backups of the database."""
