"""What happened to an image, as one list of entries. Pure. Start in `entries.py`."""
