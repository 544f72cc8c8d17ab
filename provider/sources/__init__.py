"""Where Dockerfiles come from: one file and one class a provider, and one line in `table.py`.

In: the source of an enrollment. Out: the text of its Dockerfile. Start in `router.py`; `git.py` reads any git
repository.
"""
