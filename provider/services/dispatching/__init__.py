"""Which process sends requests to build systems: one at a time. Start in `claim.py`."""
