"""The dependencies of an image at one moment: what is at their other ends, and which digests a rebuild may use. Pure.

Start in `edge.py`; `view.py` says which newer digests there are, and which of them have aged;
`behind.py` since when the image does not contain one.
"""
