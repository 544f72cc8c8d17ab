"""Looks after webhooks periodically: asks for lost deliveries again, and removes old ones.

In: what GitHub has sent, and what was asked for before. Out: requests to GitHub. Start in `upkeep.py`.
"""
