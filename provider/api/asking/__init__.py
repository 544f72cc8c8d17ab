"""What people ask for by the API: rebuilds, holds and skipped digests. Start in `resources.py`."""
