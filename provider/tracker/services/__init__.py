"""Use cases of the release tracker. Start in `poll_round.py` (scheduled polls) and `editing.py` (changes by people)."""
