"""Secrets: reads them, and keeps them out of logs and answers.

Start in `secret.py`, a text that is not printed by accident; `reading.py` reads one from a setting.
`registry_credentials.py` reads credentials for registries from docker's config, `credential_programs.py` runs helpers
and stores. `forms.py` lists the forms in which a secret can be written; `redactor.py` removes all of them from texts,
logs and answers.
"""
