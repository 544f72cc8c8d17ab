"""What senders of webhooks send, read as events. Pure.

In: the headers and the payload of a request whose secret was checked. Out: the sender's id of the delivery, and its
events or the reason why it is ignored. One file a sender; start in `table.py`.
"""
