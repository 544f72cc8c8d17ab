"""Use cases of the release tracker. Start in `poll_round.py` (what is due) and `editing.py` (what people do)."""
