"""Docker Hub's own API: what its registry does not say (sizes, times and platforms of tags).

Start in `api.py`.
"""
