"""`make soak`: the service under load and faults for some minutes, and what must hold at the end.

Two real workers and a web part over a real PostgreSQL, with a real registry behind latency, real git over HTTP and the
GitHub of the tests. Base images move, builds push new images, webhooks arrive, people read pages, and processes are
killed. The options come from the environment (`soak/options.py`), the result is a table and a file in `artifacts/soak`.
Start in `soak/running.py`; `soak/population.py` has the images, `soak/world/` everything that runs, `soak/load/` what
happens, `soak/faults/` what breaks, and `soak/checks/` what must hold.
"""
