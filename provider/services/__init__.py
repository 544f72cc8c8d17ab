"""Use cases: read by ports, decide in the domain, write by ports. One file a step of the round.

Start in `round.py`, which calls the steps in their order: enrollments, `discovery.py`, `monitoring.py`,
`built_on.py`, `following.py`, `rebuilding.py`, `publishing.py`. `worker.py` is what the jobs wake.
"""
