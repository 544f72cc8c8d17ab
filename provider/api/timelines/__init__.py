"""GET /api/v1/images/NAME/timeline. Start in `resources.py`."""
