"""Names of the clouds' registries on loopback."""

import socket
from collections.abc import Mapping
from typing import Any

import pytest

from tests.peers.process import LOOPBACK

_SUFFIXES = (".amazonaws.com", ".on.aws", "public.ecr.aws", ".pkg.dev", "gcr.io", ".azurecr.io")
# Whatever the machine of the tests has set decides nothing.
_VARIABLES = ("AWS_", "AZURE_", "GOOGLE_", "GCE_", "IDENTITY_", "MSI_", "CLOUDSDK_")


def on_loopback(name: str, address: str) -> str:
    """The host of a cloud's registry, at the port of a peer (`acme.azurecr.io:40123`)."""
    return f"{name}:{address.rpartition(':')[2]}"


def resolve_to_loopback(patch: pytest.MonkeyPatch) -> None:
    """Resolve the names of the clouds' registries to loopback."""
    real = socket.getaddrinfo

    def resolved(host: Any, *args: Any, **options: Any) -> Any:
        return real(LOOPBACK if str(host).endswith(_SUFFIXES) else host, *args, **options)

    patch.setattr(socket, "getaddrinfo", resolved)


def set_identity(patch: pytest.MonkeyPatch, variables: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Set these variables of a workload's identity, and no others of the clouds."""
    for name in environ:
        if name.startswith(_VARIABLES):
            patch.delenv(name)
    for name, value in variables.items():
        patch.setenv(name, value)
