"""Secrets: reads them, and keeps them out of logs and answers.

Start in `secret.py`, a text that is not printed by accident; `reading.py` reads one from a setting.
`registry_credentials.py` reads credentials for registries from docker's config, `credential_programs.py` runs helpers
and stores. `credential_sources.py` is the port of those who issue credentials when they are needed, and
`issued_cache.py` keeps what they issued. `forms.py` lists the forms in which a secret can be written; `redactor.py`
removes all of them from texts, logs and answers.
"""
