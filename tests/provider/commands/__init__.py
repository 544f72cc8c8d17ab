"""The command line, each command by `main`."""
