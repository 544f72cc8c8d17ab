"""What the plan over all images is made from, and what is kept from one round to the next. Pure.

`topology.py` has the edges between managed images, `world.py` all state that decisions read; `provider/domain/plan.py`
has the decisions. Each `kept_...` module does the same as a function from scratch, for one snapshot after the other,
and only where something has changed (`differences.py`) or a time has come (`moments.py`). Start in `kept_plan.py`.
"""
