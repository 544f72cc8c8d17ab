"""Where messages go: one file and one class a channel, and one line in `table.py`.

Start in `slack.py`; `blocks.py` lays messages out for Slack, and `log.py` is the channel where none is set.
"""
