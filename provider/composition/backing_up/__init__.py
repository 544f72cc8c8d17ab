"""Backup and restore of an installation: its database, and the config repository where no other copy of it exists."""
