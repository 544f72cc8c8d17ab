"""Periodic jobs, stored in a queue that survives a killed process. A job only wakes the code that does the work.

Start in `ports.py` for the interface and in `dbos_jobs.py` for the implementation; `process_locks.py` keeps two
processes from running the same period at the same time.
"""
