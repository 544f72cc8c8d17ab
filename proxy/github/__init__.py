"""Requests to GitHub with the service's own credentials. No other module sends requests to GitHub.

Start in `session.py`, which sends every request; `actions.py` reads workflow runs, `face.py` passes GitHub's own
answers on, `credentials.py` provides the token for each owner. `pygithub.py` makes PyGithub send through the session
too: for releases, builds and the files of a repository (`files.py`).
"""
