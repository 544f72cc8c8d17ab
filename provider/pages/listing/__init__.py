"""The list of images. Start in `images_query.py`, which reads the query of the page."""
