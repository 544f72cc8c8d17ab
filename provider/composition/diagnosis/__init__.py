"""Checks what an installation needs: its files, its database, and the hosts that it uses. Reads only.

`diagnosing.py` runs all checks at once, with a time limit; `local.py` has those of this machine, `stored.py` those of
the database, `hosts.py` those of other hosts, and `config_pushes.py` that of the config repository.
"""
