"""The release tracker's JSON endpoints, one Flask-Smorest blueprint a resource. Start in `repositories.py`."""
