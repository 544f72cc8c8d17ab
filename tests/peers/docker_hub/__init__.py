"""A stateful Docker Hub API on loopback, checked against Docker's own published description."""
