"""Lists and figures of what happened to all images: start in `conditions.py`."""
