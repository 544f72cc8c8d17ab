"""HTTP requests to external services: one transport for a process, which checks addresses and keeps budgets.

In: an address, a method and headers (`exchange.py`). Out: an answer, or one of `proxy.errors`. Start in `transport.py`.
`addresses.py` decides which hosts may be reached, `budgets/` how many requests a host gets. `curl/` sends them with
libcurl. Each request ends as a whole by a deadline (`proxy/deadline.py`), also the resolution of names
(`resolving.py`). `egress.py` says which requests leave through a proxy, `trust.py` which certificates count.
"""
