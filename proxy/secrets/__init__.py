"""Secrets: where they are read, and how they are kept out of logs and answers.

`registry_credentials.py` reads credentials for registries from docker's config (start there), `credential_programs.py`
runs helpers and stores; `redaction.py` and `hiding.py` remove secrets from texts.
"""
