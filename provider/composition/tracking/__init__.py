"""What the release tracker is shown of images. Start in `versions_in_use.py`."""
