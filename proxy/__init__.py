"""Reads what registries and GitHub know about an image, and gives no credential away. Imports no web framework.

Start in `ports.py` for the requests and in `errors.py` for how they fail. `http/` sends every request, `secrets/` holds
credentials, `cache/` keeps answers; `registries/`, `versions/`, `docker_hub/` and `github/` each know one upstream.
"""
