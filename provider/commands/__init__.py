"""The command line, one file a command. Each returns its exit status.

Start in `serve.py` for the processes that stay, in `check.py` for a single round. The parser is in
`provider/__main__.py`.
"""
