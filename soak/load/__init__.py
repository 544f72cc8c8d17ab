"""What happens in a soak beside the faults: base images move, webhooks arrive, people read. Start in `moves.py`."""
