"""Waits until nothing is read in the background."""

import threading


def settle() -> None:
    """Wait for the threads that read versions, and those that they start; they end when nothing is left to read."""
    while reading := next((each for each in threading.enumerate() if each.name == "versions"), None):
        reading.join(60)
        assert not reading.is_alive()
