"""How many requests a host gets, and when none: its rate, how many at a time, and pauses after failures.

In: a host's name and limits, and each of its answers. Out: the wait before a request, or `KeptBack`. Start in
`budget.py`; `spending.py` sends one request within a budget.
"""
