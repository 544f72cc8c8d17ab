"""The pages of a base image: what is built from it, on which digest, what is behind, and what happens if it changes.

Start in `pages.py`. `dependents_view.py` counts and filters what depends on it, `digests_view.py` shows its history,
`impact_view.py` sums up what a change would rebuild.
"""
