"""Whether a request proves that its sender knows a secret. Several secrets may be valid at once, to change them."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from provider.auth.callers import same_secret
from provider.webhooks.received import Proof
from proxy.secrets.secret import Secret

GITHUB_SETTING = "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET"
SHARED_SETTING = "IMAGE_FACTORY_WEBHOOK_SECRET"
_GITHUB_HEADER = "X-Hub-Signature-256"
_OUR_HEADER = "X-Image-Factory-Signature-256"
_GITLAB_HEADER = "X-Gitlab-Token"


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """The secrets of the senders; none: their webhooks are not received.

    Attributes:
        github: of GitHub.
        shared: of all others.
    """

    github: tuple[Secret, ...] = ()
    shared: tuple[Secret, ...] = ()

    def of(self, proof: Proof) -> tuple[Secret, ...]:
        """The secrets of the senders with this proof."""
        return self.github if proof is Proof.GITHUB_SIGNATURE else self.shared


def setting_of(proof: Proof) -> str:
    """The setting with the secrets for this proof."""
    return GITHUB_SETTING if proof is Proof.GITHUB_SIGNATURE else SHARED_SETTING


def header_of(proof: Proof) -> str | None:
    """The header with the proof; None where the address has it."""
    match proof:
        case Proof.GITHUB_SIGNATURE:
            return _GITHUB_HEADER
        case Proof.SIGNATURE:
            return _OUR_HEADER
        case Proof.GITLAB_TOKEN:
            return _GITLAB_HEADER
        case Proof.SECRET_IN_PATH:
            return None
        case unreachable:
            assert_never(unreachable)


def is_one_of(secrets: Sequence[Secret], presented: str) -> bool:
    """Whether the text is one of the secrets; the time does not show which, or how much of it is right."""
    matches = [same_secret(secret, presented) for secret in secrets]
    return True in matches


def is_signed(secrets: Sequence[Secret], body: bytes, signature: str) -> bool:
    """Whether `sha256=HEX` is the HMAC of the body with one of the secrets; as `is_one_of`.

    Source: docs.github.com, "Validating webhook deliveries".
    """
    given = signature.encode("utf-8", "replace")
    digests = (hmac.digest(secret.reveal().encode(), body, "sha256").hex() for secret in secrets)
    matches = [hmac.compare_digest(f"sha256={digest}".encode(), given) for digest in digests]
    return True in matches
