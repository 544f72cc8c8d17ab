"""GitHub's API with the service's own credentials: who asks, within which limits, and what the answers mean."""
