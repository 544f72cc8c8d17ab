"""How this service speaks HTTP to the outside: one transport for a process, with judged addresses and budgets.

In: an address, a method and headers (`exchange.py`). Out: an answer, or one of `proxy.errors`. Start in `transport.py`.
Which hosts it may reach is decided in `addresses.py`, how often a host is asked in `budget.py`.
"""
