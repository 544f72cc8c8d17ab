"""Metrics for Prometheus about the work of the service: what waits, what is checked, what is wrong.

Start in `work.py`. `metrics.py`, `message_metrics.py` and `records/rebuild_metrics.py` have the other metrics.
"""
