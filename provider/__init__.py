"""What the service does about an image: it checks, decides, rebuilds, records and shows.

Start in `composition/` for how the parts are put together, in `services/` for what happens in a round, in `domain/`
for the decisions. Requests enter by `api/` and `pages/`, commands by `commands/`; `__main__.py` is the command line.
The release tracker has a house of its own in `tracker/`.
"""

PACKAGE = "image-factory"
