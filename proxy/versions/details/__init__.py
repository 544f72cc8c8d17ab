"""The details of tags that the registry's list does not contain: read from manifests, in the background.

In: rows of a page. Out: the same rows with everything that is known. Start in `completion.py`.
"""
