"""The web pages of an image: at its registry, its source, its builds, in Backstage, and in the config repository."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from catalog.addresses import PUBLIC_SITES, Sites, is_web_address, registry_page, source_file_page, source_page
from catalog.annotations import source_of
from catalog.image import Image, Role
from catalog.reference import ImageReference
from provider.forges.place import commit_page, file_page, history_page
from provider.services.enrolled_sources import enrolled_source

_FOLDERS = {Role.MANAGED: "images", Role.BASE: "base-images"}


@dataclass(frozen=True, slots=True)
class ImageLinks:
    """Makes the links.

    Attributes:
        sites: GitHub and GitLab.
        config_repo: the git address of the config repository; empty where it is on this machine.
        state_branch: the branch that has the state.
        config_branch: the branch that has the enrollments.
        backstage: the web address of Backstage; None where it is not known.
    """

    sites: Sites = PUBLIC_SITES
    config_repo: str = ""
    state_branch: str = ""
    config_branch: str = ""
    backstage: str | None = None

    def of(self, image: Image) -> Mapping[str, str | None]:
        """The pages of an image; None where it has no such page."""
        state = f"state/{_FOLDERS[image.role]}/{image.name}.yaml"
        found = {
            "page": f"{self.sites.service}/images/{quote(image.name)}" if self.sites.service else None,
            "registry": registry_page(ImageReference(image.registry, image.repository), self.sites),
            "source": source_page(source_of(image), self.sites),
            "dockerfile": self.dockerfile(image),
            "workflow": self._workflow(image),
            "last_run": image.last_rebuild.url if image.last_rebuild else None,
            "backstage": f"{self.backstage}/catalog/default/resource/{image.name}" if self.backstage else None,
            "enrollment_file": self._file(image.entry_file),
            "state_file": file_page(self.sites, self.config_repo, self.state_branch, state),
            "state_history": history_page(self.sites, self.config_repo, self.state_branch, state),
        }
        return {key: page if page and is_web_address(page) else None for key, page in found.items()}

    def dockerfile(self, image: Image, path: str = "", line: int | None = None) -> str | None:
        """The page of a Dockerfile of the image, at a line; without a path, the first that the enrollment names.

        The text of a Dockerfile inside a bake file has no page: `docker-bake.hcl (target app)`.
        """
        bake = source_of(image).get("bake")
        if isinstance(bake, Mapping) and path.startswith(f"{bake.get('file')} ("):
            return None
        return source_file_page(source_of(image), path, line, self.sites)

    def commit(self, commit: str) -> str | None:
        """The page of a commit of the config repository."""
        return commit_page(self.sites, self.config_repo, commit)

    def _workflow(self, image: Image) -> str | None:
        source = enrolled_source(image)
        if source is None or source.workflow is None:
            return None
        return f"{self.sites.github}/{quote(source.repository)}/actions/workflows/{quote(source.workflow)}"

    def _file(self, path: str | None) -> str | None:
        return file_page(self.sites, self.config_repo, self.config_branch, path) if path else None
