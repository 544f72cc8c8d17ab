"""The JSON interface: one Flask-Smorest blueprint a resource, and the faces that keep an upstream's own shape.

In: requests that `provider.auth` has let in. Out: documents from the read model and from upstreams. Start in
`images.py`, which shows the pattern; `resources.py` and `changes.py` say what every endpoint shares, `answers/` how
lists and errors look, `schemas/` what each resource takes and answers.
"""
