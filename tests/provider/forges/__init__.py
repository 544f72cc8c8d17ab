"""The sites that may host the config repository."""
