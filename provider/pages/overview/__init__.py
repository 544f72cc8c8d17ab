"""The page /overview: how things are, in one look. Start in `pages.py`; the parts are in `templates/overview/`."""
