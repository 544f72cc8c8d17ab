"""Secrets: where they are read, and how they are kept out of logs and answers.

`secret.py` is the text that nothing prints by accident (start there), `reading.py` reads one from a setting.
`registry_credentials.py` reads credentials for registries from docker's config, `credential_programs.py` runs helpers
and stores. `forms.py` lists the forms in which a secret can be written; `redactor.py` keeps all of them out of texts,
logs and answers.
"""
