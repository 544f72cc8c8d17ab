"""Documents beside manifests: what a manifest holds, configurations, lists of referrers, old images, errors. Pure.

In: bytes of a registry. Out: values of `proxy/ports.py`. Start in `contents.py`.
"""
