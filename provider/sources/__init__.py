"""Reads files, mostly Dockerfiles, of source repositories: one class for each provider, and its line in `table.py`.

In: the source of an enrollment and paths. Out: the texts of the files. Start in `router.py`; `git.py` reads any git
repository.
"""
