"""Build systems: one file and one class for each, and one line in `table.py`.

In: a `BuildRequest`. Out: the run that was started, found or read. Start in `github_actions.py`.
"""
