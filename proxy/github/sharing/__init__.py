"""How the requests that GitHub allows in an hour are shared out.

`pacing.py`: what can wait is spread over the minutes, and leaves a reserve for people and for builds.
`write_turns.py`: one write a second, over all processes.
"""
