"""The history of enrollments, read from git in a checkout. Start in `git_entry_histories.py`."""
