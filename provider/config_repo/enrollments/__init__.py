"""The files that people write: `images.yaml`, `images.d/` and `policy.yaml`; read strictly, edited with their comments.

In: the text of a file. Out: enrollments, and problems with file, line and field. Start in `files.py`; `entry.py`
checks one entry, and `in_force.py` decides which version of an entry counts.
"""
