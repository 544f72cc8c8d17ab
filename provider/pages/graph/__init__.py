"""The dependency graph around an image, drawn on the server as SVG.

Start in `drawing.py`, which makes a picture of a graph in four steps: `layers.py` says how far to the right each node
is, `ordering.py` in which order the nodes of a layer are, so that few edges cross, `places.py` where each node is, and
`curves.py` the path of each edge. `pages.py` serves the page of a graph, and its part on other pages.
"""
