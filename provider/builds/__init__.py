"""Build systems, one file each."""
