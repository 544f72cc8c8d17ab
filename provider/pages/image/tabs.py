"""Looking up an image for a page, and the tabs between its pages."""

from dataclasses import dataclass

from flask import current_app
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
        raise no_image(name)
    return found


def no_image(name: str) -> NotFound:
    """The error for a name that no image has."""
    return NotFound(f"There is no image named {name}. It may have been removed, or the name may be misspelled.")


def tabs_of(image: Image) -> list[Tab]:
    """The pages of this image that this service serves, in order; empty if there is only one.

    A base image is not built here, so it has no builds tab.
    """
    tabs = [Tab("Overview", "pages.image"), Tab("Timeline", "pages.timeline"), Tab("Versions", "pages.versions")]
    if image.role is Role.MANAGED:
        tabs.append(Tab("Builds", "pages.runs"))
    served = [tab for tab in tabs if tab.endpoint in current_app.view_functions]
    return served if len(served) > 1 else []
