"""How the service shows what it does: the log. Start in `logs.py`; `proxy/observing/` is what the rest of it calls."""
