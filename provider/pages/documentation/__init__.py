"""The page /api/docs, made from the OpenAPI document. Start in `pages.py`.

`operations.py` groups the operations, `curl.py` writes a command for each, `examples.py` the values in them.
"""
