"""The recorded walk: an animated picture of the demo, made from what the demo prints.

`story.py` reads the output, `timing.py` decides when what is shown, `svg.py` draws it, moving and still.
`make walk` writes both into docs/pictures/.
"""
