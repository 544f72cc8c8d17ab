"""Pure decisions about images: no I/O, no clock, no environment.

In: state and `now`. Out: a value with its reason. Start in `rebuild.py` (one image) and `plan.py` (all images
together). `state.py` has the state of an image, `ledger.py` the history of a tag, `lifecycle.py` adds, renames and
archives images, `read_model.py` makes what readers see, and `dockerfile/` finds the images that a Dockerfile names.
"""
