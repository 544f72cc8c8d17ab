"""What runs when: periods, stored in a queue that survives a kill. A job is only a wake-up.

Start in `ports.py` for what the service asks of it and in `dbos_jobs.py` for how it is kept; `process_locks.py` keeps
two processes from running one period at once.
"""
