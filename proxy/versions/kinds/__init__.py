"""How each kind of registry lists its versions: one file with one class for each, beside the documents that it reads.

A class implements `proxy.versions.sources.VersionSource` and has its line in `proxy/versions/table.py`. Start in
`oci.py`, which serves any registry and needs no other API; `docker_hub.py` and `ghcr.py` read an API with dates.
"""
