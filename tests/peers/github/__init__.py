"""A stateful GitHub on loopback, every request and answer held to GitHub's own published description."""
