"""How this service runs git, and which addresses git may connect to.

In: an address and a command. Out: git's output, or a failure: of the server (`proxy.errors`) or of this machine
(`provider.errors`). Start in `command.py`, which limits the time of each command and removes secrets from its output.
`judged_host.py` decides which addresses git may connect to, `temporary_repository.py` reads a remote repository in a
temporary folder, and `failures.py` turns git's error output into an error of this service.
"""
