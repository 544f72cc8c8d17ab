"""Checks an enrollment against the world before it is committed, fast enough to be asked while a person types.

In: an enrollment and the snapshot. Out: `Findings`, by a deadline, whatever the outside does. Start in `checks.py`;
`recent_answers.py` asks each question once for many callers, and `recent_files.py` does so for files of sources.
"""
