"""The workers of one database share what asks outside hosts: readings of Dockerfiles, checks of digests, and polls.

Start in `shares.py`, which says whose share a thing is. `members.py` knows the workers that live, `taking.py` keeps two
processes from the same share, and `helper.py` is the thread in which a worker does its shares between its turns of the
periods, which run in one process at a time.
"""
