"""The built image, run as it would run for real."""
