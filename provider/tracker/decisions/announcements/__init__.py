"""Which news are announced, and in how many messages. Pure.

In: news of polls, and messages that wait. Out: news and messages to send now. Start in `telling.py`, then read
`grouping.py`.
"""
