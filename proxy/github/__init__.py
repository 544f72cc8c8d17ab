"""GitHub, asked with the service's own credentials. The only place that speaks to it.

Start in `session.py`, which every request passes; `actions.py` reads workflow runs, `face.py` passes GitHub's own
answers on, `credentials.py` says whose token asks. `pygithub.py` is PyGithub, which sends by the session too: for
releases, builds and the files of a repository (`files.py`).
"""
