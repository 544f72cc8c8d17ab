"""Use cases: read by ports, decide in the domain, write by ports. Each step of the round has one file.

Start in `round.py`, which calls the steps in their order: `enrollments.py`, `discovery.py`, `monitoring.py`,
`built_on.py`, `following.py`, `rebuilding.py`, `publishing.py`. The jobs call `worker.py`.
"""
