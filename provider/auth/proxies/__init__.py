"""The reverse proxies in front of the service: whose address they forward, and whom they have signed in.

In: a request with the headers of a proxy. Out: the address of the client, and a person. Only proxies that settings list
are believed. Start in `trusted_proxies.py`.
"""
