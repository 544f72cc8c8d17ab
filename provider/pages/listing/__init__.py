"""The list of images. Start in `pages.py`.

`images_query.py` reads the query of the page, `search.py` finds out what the text in the search field means, and
`cells.py` decides what the cells of a row show.
"""
