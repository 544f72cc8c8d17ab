"""How things are, in one look, for the page /overview and the API.

In: the index of images, what happened lately, and the reports of the worker. Out: an `Overview`. Start in
`overviews.py`.
"""
