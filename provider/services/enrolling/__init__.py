"""Changes of entries that callers ask for: enroll, change, remove; by the API and by the command line.

In: what a caller wants, and who it is. Out: the commit, or what would be committed. Start in `service.py`.
"""
