"""Checks of enrollments before they are committed."""
