"""Messages to people: kept in an outbox, and sent once by a channel such as Slack.

In: messages from the services and the release tracker. Out: posts in a channel. Start in `sending.py`. `message.py`
defines `Message`, `ports.py` the outbox and the channel, and `channels/` has one file for each channel.
"""
