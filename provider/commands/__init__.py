"""The command line, one file a command. Each returns its exit status.

Start in `serve.py` for the processes that stay, in `check.py` for a single round. `parser.py` reads the command
line and `help_texts.py` has its help; `dispatch.py` imports a command when it runs.
"""
