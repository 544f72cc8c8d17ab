"""Receives webhooks, and lists what was received.

In: requests of senders, each with a proof that it knows a secret. Out: deliveries in the inbox, stored before the
answer. Start in `receiving.py`; `proofs.py` checks secrets, `bodies.py` reads bodies, `deliveries.py` lists.
"""
