"""Asks for the runs of rebuilds in progress, beside the rounds, which take what has arrived. Start in `watch.py`."""
