"""A service with the identity of a cloud."""

from pathlib import Path

from provider.composition.parts import Parts
from tests.peers.cloud.worlds import World
from tests.provider.composition.checking import Service


def opened(world: World, folder: Path, **settings: str) -> Parts:
    """The parts of a service in this world; its auth file is empty unless a test wrote it."""
    auth_file = folder / "auth.json"
    if not auth_file.exists():
        auth_file.write_text("{}")
    return Service(folder, {**world.settings, **settings}).parts()
