"""Verification of base images: which digests have to be signed, by whom, and which are.

`rule.py` has the `verify` of an enrollment, `grammar.py` its valid values. `record.py` has what is kept of each digest,
`trust.py` what it means for one dependency, and `due.py` which digests are checked now. Pure: `proxy/signatures/`
verifies.
"""
