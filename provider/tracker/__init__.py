"""The release tracker: polls third-party repositories for new releases and announces them.

It is independent of images: no image code imports it, and it imports shared packages only. It has the same layers as
`provider/`: `decisions/` (pure), `ports.py`, `services/`, `sources/` (one file per kind of repository), `store/`,
`api/` and `pages/`. Start in `services/poll_round.py` for scheduled polls and in `services/editing.py` for what people
add and change.
"""
