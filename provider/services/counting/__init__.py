"""Counts the work of a process, for the metrics; start in `work_counts.py`."""
