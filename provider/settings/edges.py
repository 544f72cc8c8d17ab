"""Parse what settings say of proxies in front and of requests from anybody; `ValidationError` says what to write."""

import ipaddress
import re
from collections.abc import Mapping
from types import MappingProxyType

from environs import ValidationError

from provider.auth.proxies.public_groups import USUAL_LIMITS, PublicGroup
from provider.auth.proxies.trusted_proxies import Network
from provider.domain.enrollment_grammar import shown

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}")
_OTHERS = {"authorization", "cookie", "host", "x-image-factory-token", "x-image-factory-proxy-secret"}
_NUMBER = re.compile(r"[0-9]{1,9}")


def network(text: str) -> Network:
    """An address, or a network such as 10.0.0.0/8."""
    try:
        found = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValidationError(
            f"{shown(text)} is neither an address nor a network; write for example 10.0.0.7 or 10.0.0.0/24"
        ) from error
    if found.prefixlen == 0:
        raise ValidationError(f"{shown(text)} is every address; list those of the proxies")
    return found


def header_name(text: str) -> str:
    """The name of a header that only the proxy writes."""
    if not _HEADER.fullmatch(text) or text.lower() in _OTHERS:
        raise ValidationError(f"{shown(text)} is no name of such a header; write for example X-Forwarded-User")
    return text


def rate_limits(text: str) -> Mapping[PublicGroup, int]:
    """A comma-separated list of `group=requests a minute`; groups that are not named keep their limit."""
    found = dict(USUAL_LIMITS)
    for part in (part.strip() for part in text.split(",") if part.strip()):
        group, _, number = (piece.strip() for piece in part.partition("="))
        if group not in set(PublicGroup) or not _NUMBER.fullmatch(number):
            raise ValidationError(
                f"{shown(part)} is not a limit; write for example webhooks=20000, with requests a minute of one "
                f"address; groups are {', '.join(PublicGroup)}, and 0 is no limit"
            )
        found[PublicGroup(group)] = int(number)
    return MappingProxyType(found)
