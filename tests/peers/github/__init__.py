"""A stateful GitHub on loopback, checked against GitHub's own published description."""
