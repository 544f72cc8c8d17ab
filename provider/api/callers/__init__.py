"""Who calls, and what the caller may do with an image: `whoami.py` for the resource, `permitted.py` for `may`."""
