"""What people ask for: `asking.py` takes it from a caller into the queue, `carrying_out.py` from there into git."""
