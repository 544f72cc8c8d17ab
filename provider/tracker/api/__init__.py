"""The JSON API of the release tracker, one Flask-Smorest blueprint for each resource. Start in `repositories.py`."""
