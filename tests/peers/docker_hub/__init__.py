"""A stateful Docker Hub API on loopback, every request and answer held to Docker's own published description."""
