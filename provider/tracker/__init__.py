"""The release tracker: which third-party software has published what, with pages, an API and messages.

A house of its own: images never import it, and it imports only the shared rooms. The floors are those of `provider/`:
`decisions/` (pure), `ports.py`, `services/`, `sources/` (one file a kind), `store/`, `api/` and `pages/`. Start in
`services/poll_round.py` for what happens by itself and in `services/editing.py` for what people do.
"""
