"""What the plan over all images is made from. Pure.

`topology.py` has the edges between managed images, `world.py` all state that decisions read. The decisions themselves
are in `provider/domain/plan.py`.
"""
