"""Running git, and where it may be sent."""
