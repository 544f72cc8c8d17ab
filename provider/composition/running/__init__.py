"""What a worker's process needs to run for long. `standstill.py` makes what notices that it stands still."""
