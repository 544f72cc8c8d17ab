"""How databases are connected to, for the store and the jobs alike: `postgresql.py`."""
