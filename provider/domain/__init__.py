"""Pure decisions about images: no I/O, no clock, no environment.

In: state and `now`. Out: a value with its reason. Start in `rebuild.py` (one image) and `plan.py` (all images
together); `state.py` says what is known of an image, `ledger.py` what a tag pointed to, `lifecycle.py` how images
come and go, `read_model.py` what readers see, and `dockerfile/` finds the images that a Dockerfile names.
"""
