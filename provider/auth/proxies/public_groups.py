"""What anybody may send without a caller, in the groups that are limited together."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class PublicGroup(StrEnum):
    """Signing in at a provider or from Backstage; webhooks; catalog documents without a caller; health."""

    SIGN_IN = "sign-in"
    WEBHOOKS = "webhooks"
    CATALOG = "catalog"
    HEALTH = "health"


USUAL_LIMITS: Mapping[PublicGroup, int] = MappingProxyType(
    {
        PublicGroup.SIGN_IN: 300,
        PublicGroup.WEBHOOKS: 10_000,
        PublicGroup.CATALOG: 600,
        PublicGroup.HEALTH: 3_000,
    }
)
"""Requests a minute of one address; 0 is no limit. A whole organisation may share an address."""
