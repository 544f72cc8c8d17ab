"""The timeline of an image, put together from the index, the audit and git. Start in `timelines.py`."""
