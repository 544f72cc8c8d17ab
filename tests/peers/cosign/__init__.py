"""Signatures as cosign stores them, made in the tests.

`signatures.py` makes and pushes them, with keys that the tests make. `sigstore_world.py` is a certificate authority and
a transparency log for signatures without keys. No cosign program has read them: they follow its specifications.
"""
