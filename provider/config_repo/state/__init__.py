"""The state files, which the service writes, and the snapshot that is read from them.

Start in `snapshot_store.py`, which reads a snapshot from the newest commit and writes each step as one commit.
From one commit to the next, `reading.py` reads only the files that differ; `state_edits.py` has the edits of a step.
`documents.py` converts one state file into values and back; `keys.py` lists the keys of a file and their order.
"""
