"""The web pages of an image: at its registry, its source, its workflow, and its state in the config repository."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from catalog.addresses import PUBLIC_SITES, Sites, is_web_address, registry_page, source_page
from catalog.annotations import source_of
from catalog.image import Image, Role
from catalog.reference import ImageReference
from provider.forges.place import file_page
from provider.services.enrolled_sources import enrolled_source

_FOLDERS = {Role.MANAGED: "images", Role.BASE: "base-images"}


@dataclass(frozen=True, slots=True)
class ImageLinks:
    """Makes the links.

    Attributes:
        sites: GitHub and GitLab.
        config_repo: the git address of the config repository; empty where it is on this machine.
        state_branch: the branch that has the state.
    """

    sites: Sites = PUBLIC_SITES
    config_repo: str = ""
    state_branch: str = ""

    def of(self, image: Image) -> Mapping[str, str | None]:
        """The pages of an image; None where it has no such page."""
        found = {
            "registry": registry_page(ImageReference(image.registry, image.repository), self.sites),
            "source": source_page(source_of(image), self.sites),
            "workflow": self._workflow(image),
            "state_file": self._state_file(image),
        }
        return {key: page if page and is_web_address(page) else None for key, page in found.items()}

    def _workflow(self, image: Image) -> str | None:
        source = enrolled_source(image)
        if source is None or source.workflow is None:
            return None
        return f"{self.sites.github}/{quote(source.repository)}/actions/workflows/{quote(source.workflow)}"

    def _state_file(self, image: Image) -> str | None:
        path = f"state/{_FOLDERS[image.role]}/{image.name}.yaml"
        return file_page(self.sites, self.config_repo, self.state_branch, path)
