"""An image, and the ways between its pages."""

from dataclasses import dataclass

from werkzeug.exceptions import NotFound

from catalog.image import Image, Role
from provider.ports import ImageIndex


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of an image: its words and Flask's name for it."""

    words: str
    endpoint: str


def known_image(index: ImageIndex, name: str) -> Image:
    """The image.

    Raises:
        NotFound: there is none of that name.
    """
    found = index.image(name)
    if found is None:
        raise NotFound(f"There is no image named {name}. It may have been removed, or its name is spelled otherwise.")
    return found


def tabs_of(image: Image, *, versions: bool, builds: bool) -> list[Tab]:
    """The pages of this image, in their order; none where there is only one.

    Args:
        image: a base image is not built here, so it has no builds.
        versions: whether pages of versions are served.
        builds: whether pages of builds are served.
    """
    tabs = [Tab("Overview", "pages.image")]
    if versions:
        tabs.append(Tab("Versions", "pages.versions"))
    if builds and image.role is Role.MANAGED:
        tabs.append(Tab("Builds", "pages.runs"))
    return tabs if len(tabs) > 1 else []
