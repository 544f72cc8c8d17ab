"""Docker Hub's own API: the sizes, times and platforms of tags, which its registry does not list.

Start in `api.py`.
"""
