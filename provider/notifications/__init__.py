"""Messages to people: one `Message` for everybody, kept in an outbox, sent once by a channel.

In: messages that services and the release tracker put. Out: posts in a channel. Start in `sending.py`; `message.py` and
`ports.py` say what passes through, `channels/` has one file a channel.
"""
