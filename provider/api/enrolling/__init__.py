"""Enrolling by the API: POST, PUT and DELETE of images. Start in `resources.py`; `schemas.py` has the answers."""
