"""Other APIs of registries, which have dates: how they are found, asked and cached.

Start in `api_listing.py`, which falls back to the registry's own list wherever an API fails. `recognition.py` finds out
which product a registry is, `own_hosts.py` sends the requests, and `values.py` reads single values of their answers.
"""
