"""Replay the recorded histories under other policies, and say what would have been built. Pure.

In: a snapshot, the time and a question. Out: figures for what was recorded, for the present policy and for each other
policy. Start in `simulating.py`; `replay.py` is the loop over the decisions of `provider/domain/plan.py`, `recorded.py`
the one over what was recorded, and `meter.py` measures both.
"""
