"""What the JSON interface takes and answers, in camelCase: one file a resource. Start in `images.py`."""
