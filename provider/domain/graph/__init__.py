"""The part of the dependency graph around one image. Pure.

Start in `neighbourhood.py`: nodes and edges, and how many images are left out. `choosing.py` chooses the images that a
bounded graph has; `edges.py` says what one edge shows.
"""
