"""The pages on which people ask for rebuilds, holds and skipped digests.

Start in `pages.py`; `form.py` reads what a person wrote. `removals.py` is the form on /images for removals that wait.
"""
