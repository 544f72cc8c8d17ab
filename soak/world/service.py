"""The processes of the service: two workers and a web part without a worker, over one PostgreSQL."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from soak.load.webhooks import SECRET
from soak.world.processes import Program, Supervised
from tests.peers.github.controls import TOKEN

ADMIN_TOKEN = "a-token-of-an-administrator"  # noqa: S105 - of this world alone
READ_TOKEN = "a-token-of-the-readers"  # noqa: S105 - of this world alone
ROOT = Path(__file__).parents[2]
WORKERS = ("worker-1", "worker-2")
WEB = "web"

# A rebuild has to be due within the soak; what a webhook does not report has to be found several times in it.
_PACE = {
    "IMAGE_FACTORY_CHECK_INTERVAL": "20s",
    "IMAGE_FACTORY_BASE_CHECK_INTERVAL": "60s",
    "IMAGE_FACTORY_COORDINATION_WINDOW": "5s",
    "IMAGE_FACTORY_MAX_CONCURRENT_BUILDS": "40",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the service finds what it connects to.

    Attributes:
        registry: host and port, as enrollments name it.
    """

    database: str
    config: str
    config_token: str
    github: str
    registry: str


def worker(name: str, folder: Path, logs: Path, addresses: Addresses, more: dict[str, str]) -> Supervised:
    """A worker with its data in this folder, and further variables in its environment."""
    environment = _environment(folder, addresses) | more
    command = [sys.executable, "-m", "provider", "worker"]
    return Supervised(Program(name, command, logs, environment, lambda: True))


def web(port: int, folder: Path, logs: Path, addresses: Addresses, answers: Callable[[], bool]) -> Supervised:
    """The web part, with its data in this folder."""
    command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
    return Supervised(Program(WEB, command, logs, _environment(folder, addresses), answers))


def _environment(folder: Path, addresses: Addresses) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    credentials = folder / "no-credentials.json"
    credentials.write_text("{}")
    ours = {key: value for key, value in os.environ.items() if not key.startswith("IMAGE_FACTORY_")}
    return (
        ours
        | {
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "IMAGE_FACTORY_DATABASE_URL": addresses.database,
            "IMAGE_FACTORY_CONFIG_REPO": addresses.config,
            "IMAGE_FACTORY_CONFIG_TOKEN": addresses.config_token,
            "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
            "IMAGE_FACTORY_SECRET_KEY": "the-key-of-the-sessions-of-the-soak",
            "IMAGE_FACTORY_GITHUB_API_URL": addresses.github,
            "IMAGE_FACTORY_GITHUB_TOKEN": TOKEN,
            "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET": SECRET,
            "IMAGE_FACTORY_WEBHOOK_SECRET": SECRET,
            "IMAGE_FACTORY_INSECURE_HOSTS": addresses.registry,
            "IMAGE_FACTORY_REGISTRY_MIRRORS": f"docker.io=http://{addresses.registry}",
            "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(credentials),
            "IMAGE_FACTORY_API_TOKENS": f"admin:admin:{ADMIN_TOKEN},readers:read:{READ_TOKEN}",
        }
        | _PACE
    )
