"""People's text: `images.yaml`, `images.d/` and `policy.yaml`, read strictly and edited without losing a comment.

In: the text of a file. Out: enrollments, and problems with file, line and field. Start in `files.py`; one entry is
checked by `entry.py`, and `in_force.py` decides which version of an entry counts.
"""
