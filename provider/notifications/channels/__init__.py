"""The channels that messages are sent to: one file and one class for each, and one line in `table.py`.

Start in `slack.py`; `blocks.py` formats messages for Slack, and `log.py` is the channel if none is configured.
"""
