"""Lists, errors and kept answers."""
