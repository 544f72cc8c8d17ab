"""When images are checked, and the forms that ask for a check now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import is_allowed, require
from provider.pages.image.tabs import known_image
from provider.ports import ImageIndex
from provider.services.checks import Checks, PartCheck, ask_as_caller
from provider.services.health import BACKSTAGE, FOLLOW, MESSAGES, REACTIONS, RELEASES, WORKER

_PARTS = {
    WORKER: "Images and rebuilds",
    FOLLOW: "Running builds",
    REACTIONS: "Webhooks and requests",
    RELEASES: "Tracked repositories",
    MESSAGES: "Messages",
    BACKSTAGE: "Pushes to Backstage",
}


@dataclass(frozen=True, slots=True)
class ShownChecks:
    """What a page shows of checks.

    Attributes:
        target: the address of the form that asks for a check.
        parts: when each part was last checked, and when it is checked next.
        asked: a check is requested or running.
        offered: the caller may ask for one.
    """

    target: str
    parts: Sequence[PartCheck]
    asked: bool
    offered: bool

    @property
    def images(self) -> PartCheck | None:
        """The part that checks images."""
        return next((part for part in self.parts if part.part == WORKER), None)


def checks_of_everything(checks: Checks) -> ShownChecks:
    """For the list of images."""
    return ShownChecks(
        url_for("pages.check_everything"), checks.parts(), checks.is_asked(None), is_allowed(Action.REBUILD, None)
    )


def checks_of_image(checks: Checks, name: str, owner: str | None) -> ShownChecks:
    """For the page of an image."""
    target = url_for("pages.check_image", name=name)
    return ShownChecks(target, checks.parts(), checks.is_asked(name), is_allowed(Action.REBUILD, owner))


def part_label(part: str) -> str:
    """The name of a part of the service, for a page."""
    return _PARTS.get(part, part.capitalize())


def add_checks(blueprint: Blueprint, index: ImageIndex, checks: Checks, now: Callable[[], datetime]) -> None:
    """Serve the forms that ask for a check of one image, and of everything."""

    @blueprint.post("/checks")
    def check_everything() -> Response:
        ask_as_caller(checks, (), now(), lambda: require(Action.REBUILD, owner=None))
        return redirect(url_for("pages.images"), HTTPStatus.SEE_OTHER)

    @blueprint.post("/images/<name>/checks")
    def check_image(name: str) -> Response:
        image = known_image(index, name)
        ask_as_caller(checks, (name,), now(), lambda: require(Action.REBUILD, image.acting_owner))
        return redirect(url_for("pages.image", name=name), HTTPStatus.SEE_OTHER)
