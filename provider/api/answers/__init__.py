"""What the responses of all resources share: pages of lists, errors, and responses that are cached for a moment.

Start in `errors.py` (the format of every error) and `paging.py` (the format of every list). `fast_answers.py` sends
cached responses without calling Flask.
"""
