"""What the outside world says about an image, without handing out the credentials. Knows no web framework.

Start in `ports.py` for what is asked and in `errors.py` for how asking fails. `http/` sends every request, `secrets/`
holds credentials, `cache/` keeps answers; `registries/`, `versions/`, `docker_hub/` and `github/` know one upstream
each.
"""
