"""Asks Backstage's catalog to read this service's entities again.

In: a push. Out: requests to Backstage with the service's own token. Start in `catalog.py`.
"""
