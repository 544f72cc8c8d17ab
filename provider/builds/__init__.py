"""Build systems: one file and one class a system, and one line in `table.py`.

In: a `BuildRequest`. Out: a run that was started, found or followed. Start in `github_actions.py`.
"""
