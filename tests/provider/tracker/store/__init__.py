"""The tracker's tables and queries."""
