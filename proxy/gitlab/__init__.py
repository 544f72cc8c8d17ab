"""Requests to GitLab with the service's own token. No other module sends requests to GitLab's API.

Start in `session.py`, which sends every request; `client.py` makes python-gitlab send through it, and
`files.py` reads the files of a project, `pipelines.py` creates pipelines and reads them.
"""
