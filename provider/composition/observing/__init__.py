"""Makes what shows the work of a process: traces, in `tracing.py`."""
