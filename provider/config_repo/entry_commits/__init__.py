"""Changes of entries by callers: one commit for each, many callers at a time. Start in `git_enrollment_files.py`."""
