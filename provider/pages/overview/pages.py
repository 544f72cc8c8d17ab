"""The page /overview, and the signs of its parts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog.image import Conclusion
from provider.auth.rights import identity
from provider.auth.strict_query import takes
from provider.pages.image.labels import Sign, conclusion_sign
from provider.pages.overview.bar import WIDTH, bar_parts
from provider.pages.rendering import rendered
from provider.services.overview.overviews import Overviews
from provider.services.overview.part_times import CheckedPart

MOST_PROBLEMS = 5
_PARTS = {
    CheckedPart.CONFIG_REPOSITORY: "Config repository",
    CheckedPart.DISCOVERY: "Dockerfiles",
    CheckedPart.REGISTRIES: "Registries",
    CheckedPart.BUILDS: "Running builds",
    CheckedPart.RELEASES: "Tracked repositories",
}
_IN_PROGRESS = Sign("↻", "In progress", "busy")


def add_overview(blueprint: Blueprint, overviews: Overviews | None, now: Callable[[], datetime]) -> None:
    """Serve /overview, if there is anything to read it from, and let the front page lead there.

    The release tracker has a front page of its own, which comes first.
    """

    @blueprint.get("/")
    def home() -> Response:
        return redirect(url_for("pages.overview" if overviews else "pages.images"))

    if overviews is None:
        return

    @blueprint.get("/overview")
    @takes("owner")
    def overview() -> str:
        owners = [name.strip() for name in request.args.get("owner", "").split(",") if name.strip()]
        found = overviews.read(now(), owners)
        caller = identity()
        return rendered(
            "overview/overview.html",
            overview=found,
            bar=bar_parts(found.managed),
            bar_width=WIDTH,
            conclusions=_conclusions(found.rebuilds.by_conclusion),
            problems=found.problems[:MOST_PROBLEMS],
            parts=_PARTS,
            own=",".join(caller.owners),
            shown_owner=",".join(owners),
        )


def _conclusions(numbers: Mapping[str, int]) -> list[tuple[str, Sign, int]]:
    """Each conclusion that any rebuild has: its value, its sign and the number of rebuilds."""
    found = [(each.value, conclusion_sign(each), numbers[each]) for each in Conclusion if numbers.get(each)]
    running = numbers.get("", 0)
    return [*found, ("", _IN_PROGRESS, running)] if running else found
