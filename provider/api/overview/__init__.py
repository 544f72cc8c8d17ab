"""GET /api/v1/overview: how things are, in one answer. Start in `resources.py`."""
