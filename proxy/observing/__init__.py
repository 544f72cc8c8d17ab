"""What the service tells of its work: the events of its log, and what the current work is about.

Start in `event_log.py`. Every room calls this; `provider/observing/` decides how it is shown.
"""
