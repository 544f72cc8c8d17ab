"""The commands of `image-factory`. Each returns its exit code.

Start in `serve.py` for `serve` and `worker`, in `check.py` for a single check. `parser.py` reads the command line,
`help_texts.py` has the help, and `dispatch.py` imports a command when it runs.
"""
