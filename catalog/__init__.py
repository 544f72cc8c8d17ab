"""What an image is, and how Backstage shows it. Pure: no I/O, no clock, no environment.

In: an image (`image.py`). Out: Backstage entities and their YAML. Start in `entity.py`;
`reference.py` parses image references for the whole product, and `validation.py` refuses what Backstage would drop
silently.
"""
