"""Which entry a caller may change, and in which file: pure decisions about requests to enroll, change and remove.

In: what a caller wants (`change.py`) and what the files have. Out: the edit of one file, or an error with the missing
permission or rule. Start in `placing.py`; `rights.py` decides who may change an entry that is there.
"""
