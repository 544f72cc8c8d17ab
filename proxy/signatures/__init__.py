"""Signatures of images: reads what cosign stored beside an image, and verifies it by a rule.

In: an image by digest, and a rule (`rules.py`): public keys, or the identity of a signer. Out: who signed it, or why
nothing beside it verifies. Start in `verifier.py`. `stored.py` reads both layouts of cosign from the registry,
`claims.py` what a signature says, `public_keys.py` verifies by key, and `keyless.py` by identity, with the sigstore
library.
"""
