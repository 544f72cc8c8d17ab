"""A TCP proxy that adds latency."""
