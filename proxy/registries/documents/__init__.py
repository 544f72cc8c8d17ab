"""Documents beside manifests: what a manifest holds, the configuration of an image, and lists of referrers. Pure.

In: bytes of a registry. Out: values of `proxy/ports.py`. Start in `contents.py`.
"""
