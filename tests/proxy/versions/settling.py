"""Waits until nothing is read in the background."""

import threading


def settle() -> None:
    """Wait for the threads that read versions; they end when nothing is left to read."""
    for thread in threading.enumerate():
        if thread.name == "versions":
            thread.join(60)
