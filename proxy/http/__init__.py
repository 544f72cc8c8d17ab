"""HTTP requests to external services: one transport for a process, which checks addresses and keeps budgets.

In: an address, a method and headers (`exchange.py`). Out: an answer, or one of `proxy.errors`. Start in `transport.py`.
`addresses.py` decides which hosts may be reached, `budget.py` how many requests a host gets. Each request ends by a
deadline (`proxy/deadline.py`): `limited_sockets.py` and `resolving.py` hold every wait to it,
also those of libraries that use urllib (`limited_opener.py`).
"""
