"""A check with all parts of a process: settings and an enrollment go in, the image in the index comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.image import Image
from provider.composition.parts import Parts
from provider.composition.worker import open_worker
from provider.settings import read_settings
from tests.provider.config_repo.repositories import Remote


@dataclass(frozen=True, slots=True)
class Service:
    """A service with its data in a folder, and with these settings, written without their prefix."""

    folder: Path
    variables: Mapping[str, str]

    def parts(self) -> Parts:
        """The parts of one process."""
        ours = {
            "DATABASE_URL": f"sqlite:///{self.folder / 'factory.db'}",
            "CONFIG_CHECKOUT": str(self.folder / "config"),
            "REGISTRY_AUTH_FILE": str(self.folder / "auth.json"),
        }
        return Parts.open(
            read_settings({f"IMAGE_FACTORY_{name}": text for name, text in {**ours, **self.variables}.items()})
        )

    def check(self, entry: str) -> Image:
        """Enroll this entry of images.yaml, check it, and read the image `app` from the index."""
        remote = Remote.make(self.folder / "remote.git", {"images.yaml": entry})
        configured = Service(self.folder, {**self.variables, "CONFIG_REPO": str(remote.folder)})
        with configured.parts() as parts:
            with open_worker(parts) as worker:
                worker.check(["app"])
            found = parts.index.image("app")
        assert found is not None
        return found
