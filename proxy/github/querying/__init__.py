"""Reads with GitHub's GraphQL API, where one request does the work of many: the files of many repositories.

Start in `many_files.py`. Only reads are here; whatever changes something goes through `proxy/github/session.py`.
"""
