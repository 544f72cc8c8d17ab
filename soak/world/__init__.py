"""Everything that runs in a soak; `soak_world.py` starts it."""
