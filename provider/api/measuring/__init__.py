"""Metrics for Prometheus about the work of the service: what waits, what is checked, what is wrong.

Start in `work.py`. The other metrics are in `provider/api/metrics.py`, `provider/api/message_metrics.py` and
`provider/api/records/rebuild_metrics.py`.
"""
