"""The schema of `verify` in an entry of images.yaml."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from provider.config_repo.enrollments.strict_schema import StrictSchema, part, text, texts
from provider.domain.verification import grammar
from provider.domain.verification.rule import CosignIdentity, CosignRule, Verify

_MOST_ITEMS = 50
_MOST_KEYS = 10


class CosignIdentitySchema(StrictSchema):
    """Who signs without a key."""

    issuer = text(
        grammar.issuer_problem,
        "the OIDC provider that vouches for the signer, such as `https://token.actions.githubusercontent.com`",
        required=True,
    )
    subject = text(
        grammar.subject_problem,
        "the signer, such as `https://github.com/acme/*`; `*` stands for any text",
        required=True,
    )
    trusted_root = text(
        grammar.file_problem,
        "a file in the config repository with the certificate authorities and logs that are trusted; default: those of "
        "sigstore's public instance",
        data_key="trustedRoot",
        load_default=None,
    )


class CosignSchema(StrictSchema):
    """Signatures that cosign makes."""

    keys = texts(
        grammar.key_problem,
        "keys/team.pem",
        "public keys in PEM form, or their files in the config repository; a signature by one of them is enough",
        load_default=list,
    )
    identity = part(CosignIdentitySchema, "who signs without a key", load_default=None)

    @validates_schema
    def _check_some(self, cosign: Mapping[str, Any], **_: object) -> None:
        if not cosign["keys"] and cosign["identity"] is None:
            raise ValidationError("names nobody who signs; write keys: [keys/team.pem] or identity: {issuer, subject}")
        if len(cosign["keys"]) > _MOST_KEYS:
            raise ValidationError({"keys": [f"has {len(cosign['keys'])} items; at most {_MOST_KEYS} are read"]})


class VerifySchema(StrictSchema):
    """Which base images have to be signed, and by whom."""

    cosign = part(CosignSchema, "whose signatures are needed", required=True)
    bases = texts(
        grammar.base_pattern_problem,
        "cgr.dev/**",
        "patterns of the base images that have to be signed; default: all",
        load_default=list,
    )

    @validates_schema
    def _check_bases(self, verify: Mapping[str, Any], **_: object) -> None:
        if len(verify["bases"]) > _MOST_ITEMS:
            raise ValidationError({"bases": [f"has {len(verify['bases'])} items; at most {_MOST_ITEMS} are read"]})

    @post_load
    def _rule(self, verify: Mapping[str, Any], **_: object) -> Verify:
        cosign, identity = verify["cosign"], verify["cosign"]["identity"]
        keys = tuple(key.strip() for key in cosign["keys"])
        rule = CosignRule(keys, CosignIdentity(**identity) if identity else None)
        return Verify(rule, tuple(verify["bases"]))
