"""What breaks in a soak: `plan.py` says when, `acts.py` does it."""
