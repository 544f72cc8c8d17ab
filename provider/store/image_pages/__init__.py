"""What the page of one image reads from the index: see `timeline_rows.py`."""
