"""Commands that answer questions about all images: which, what happened, what is wrong. They change nothing.

The parser reads `options.py`, and `filters.py` makes filters of the options. `images.py`, `histories.py` and
`records.py` have the commands; start in `printed_list.py`, which prints their lists as text, JSON or CSV.
"""
