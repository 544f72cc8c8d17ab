"""The real `oidc-provider` of npm, which signs in anybody with any password."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.peers.process import PeerMissing, port_answers, require, reserved_port, running

FOLDER = Path(__file__).parent / "oidc"
CLIENT, SECRET = "image-factory", "a-secret-of-the-client-50%+"


@contextmanager
def oidc_provider(folder: Path, factory: str, groups: Mapping[str, list[str]]) -> Iterator[str]:
    """A provider that knows the service at an address; the value is its issuer.

    Args:
        folder: for its log.
        factory: the public address of the service.
        groups: the groups of people by name; others have none.

    Raises:
        PeerMissing: Node or the package is not installed.
    """
    node = require("node", "nodejs")
    if not (FOLDER / "node_modules").exists():
        raise PeerMissing("oidc-provider is missing: run tests/peers/oidc/install.sh")
    accounts = folder / "accounts.json"
    accounts.write_text(json.dumps(groups), encoding="utf-8")
    with reserved_port() as port:
        command = [node, str(FOLDER / "provider.mjs"), str(port), f"{factory}/login/callback", f"{factory}/login"]
        environment = {"PATH": os.environ["PATH"], "ACCOUNTS": str(accounts)}
        with running(
            [*command, CLIENT, SECRET],
            log=folder / "oidc-provider.log",
            ready=lambda: port_answers(port),
            environment=environment,
        ):
            yield f"http://127.0.0.1:{port}"
