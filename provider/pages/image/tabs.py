"""Looking up an image for a page, and the tabs between its pages."""

from dataclasses import dataclass

from werkzeug.exceptions import NotFound

from catalog.image import Image, Role
from provider.ports import ImageIndex


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of an image: its label and its Flask endpoint."""

    label: str
    endpoint: str


def known_image(index: ImageIndex, name: str) -> Image:
    """The image.

    Raises:
        NotFound: there is no image of that name.
    """
    found = index.image(name)
    if found is None:
        raise NotFound(f"There is no image named {name}. It may have been removed, or the name may be misspelled.")
    return found


def tabs_of(image: Image, *, versions: bool, builds: bool) -> list[Tab]:
    """The pages of this image in order; empty if there is only one.

    Args:
        image: the image; a base image is not built here, so it has no builds tab.
        versions: whether pages of versions are served.
        builds: whether pages of builds are served.
    """
    tabs = [Tab("Overview", "pages.image")]
    if versions:
        tabs.append(Tab("Versions", "pages.versions"))
    if builds and image.role is Role.MANAGED:
        tabs.append(Tab("Builds", "pages.runs"))
    return tabs if len(tabs) > 1 else []
