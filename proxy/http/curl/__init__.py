"""Exchanges with hosts by libcurl (pycurl): HTTP/1.1 and HTTP/2, TLS, proxies, on one thread for all callers.

In comes a `Transfer` (a request, the route to its host, its deadline); out goes what was received, or a
`TransferFailed` that says why there is no answer and whether the request was sent. Start in `loop.py`; `handle.py` has
every option of libcurl that is set. Which hosts may be reached is decided before, in `proxy/http/addresses.py`.
"""
