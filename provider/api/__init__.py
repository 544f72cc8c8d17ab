"""The JSON API: one Flask-Smorest blueprint for each resource, and the proxies that keep the format of an upstream.

In: requests that `provider.auth` admitted. Out: documents from the read model and from upstreams. Start in
`images.py`, which shows the pattern. `resources.py` and `changes.py` contain what all endpoints share, `answers/` the
format of lists and errors, `schemas/` the queries, bodies and responses of each resource.
"""
