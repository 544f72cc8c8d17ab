"""git as a tool: how this service runs it, and what it may be pointed at.

In: an address and a command. Out: git's output, or a failure: of the server (`proxy.errors`) or of this machine
(`provider.errors`). Start in `command.py`, which bounds each command in time and redacts its words; `judged_host.py`
decides which address git may be sent to, and `temporary_repository.py` opens a repository for one look elsewhere.
"""
