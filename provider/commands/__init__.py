"""The command line, one file a command. Each answers its exit status: 0, or 1 when something is wrong."""
