"""The web pages about images, and what all pages share. Server-rendered; they work without JavaScript.

Start in `images.py`; templates are in `templates/`, scripts and styles in `static/`. `browsers.py` prepares the
application for browsers; `image/` has the pages of one image.
"""
