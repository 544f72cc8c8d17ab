"""Reads Dockerfiles from source repositories: one file and one class for each provider, and one line in `table.py`.

In: the source of an enrollment. Out: the text of its Dockerfile. Start in `router.py`; `git.py` reads any git
repository.
"""
