"""The arguments of the commands that answer questions about all images."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from provider.commands.asking_options import time_with_zone, whole_digest
from provider.domain.duration import InvalidDuration, parse_duration

if TYPE_CHECKING:
    from catalog.reference import ImageReference

_NO_TIME = "no duration, date or time with zone; write 7d, 2026-11-21 or 2026-11-21T09:00:00Z"
_DURATION = re.compile(r"[0-9]+[smhdw]")


def add_images(command: argparse.ArgumentParser) -> None:
    """The arguments of `images`."""
    command.set_defaults(check=partial(check_images, refuse=command.error))
    command.add_argument(
        "--built-from",
        dest="digest",
        type=whole_digest,
        metavar="DIGEST",
        help="only images that were built from this digest of an image that they depend on",
    )
    command.add_argument(
        "--transitive",
        action="store_true",
        help="with --built-from or --reference: also images that were built from it through other images",
    )
    command.add_argument(
        "--reference",
        type=_reference,
        metavar="REF",
        help="only this image and images that depend on it, for example node:22; without a tag: every tag",
    )
    command.add_argument("--cve", metavar="ID", help="only images for which people named this vulnerability")
    command.add_argument("--depends-on", metavar="NAME", help="only images that directly depend on this image")
    command.add_argument(
        "--status",
        action="append",
        type=_status,
        default=[],
        metavar="STATUS",
        help="only images with this status, such as waiting or unknown; can be repeated",
    )
    _add_owner(command, "images")
    command.add_argument(
        "--behind",
        action="store_true",
        help="only images that are not built from the newest digests which they may be rebuilt for; the oldest first",
    )
    add_list_format(command)


def check_images(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse an option of `images` that would have no effect."""
    if options.transitive and options.digest is None and options.reference is None:
        refuse("--transitive needs --built-from or --reference")


def add_rebuilds(command: argparse.ArgumentParser) -> None:
    """The arguments of `rebuilds`."""
    _add_period(command)
    _add_owner(command, "rebuilds of images")
    _add_image(command, "rebuilds")
    command.add_argument(
        "--requested-by",
        metavar="NAME",
        help="only rebuilds that this caller asked for; image-factory: the service itself",
    )
    command.add_argument("--cve", metavar="ID", help="only rebuilds for which this vulnerability was named")
    command.set_defaults(check=partial(check_rebuilds, refuse=command.error))
    command.add_argument(
        "--summary",
        action="store_true",
        help="only numbers: results, how long it took from the change of a base image to the rebuild, the ten slowest, "
        "and the ten images that are behind for longest",
    )
    add_list_format(command)


def check_rebuilds(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse options of `rebuilds` that do not go together."""
    if options.summary and options.format == "csv":
        refuse("--summary has no CSV; use --format json")


def add_changes(command: argparse.ArgumentParser) -> None:
    """The arguments of `changes`."""
    _add_period(command)
    _add_owner(command, "changes of images")
    _add_image(command, "changes")
    command.add_argument(
        "--moves", action="store_true", help="only digests of base images that took the place of another digest"
    )
    add_list_format(command)


def add_audit(command: argparse.ArgumentParser) -> None:
    """The arguments of `audit`."""
    _add_period(command)
    _add_owner(command, "acts on images")
    _add_image(command, "acts")
    command.add_argument("--caller", metavar="NAME", help="only acts of this caller, for example user:default/jane")
    add_list_format(command)


def add_problems(command: argparse.ArgumentParser) -> None:
    """The arguments of `problems`."""
    _add_owner(command, "problems of images")
    command.add_argument("--kind", metavar="KIND", help="only this kind, for example enrollment or image")
    add_list_format(command)


def add_timeline(command: argparse.ArgumentParser) -> None:
    """The arguments of `timeline`."""
    command.add_argument("name", metavar="NAME", help="the image")
    _add_period(command)
    add_list_format(command)


def add_list_format(command: argparse.ArgumentParser) -> None:
    """The output format of a list."""
    command.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="the output format (default: text)"
    )


def _add_period(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--since",
        type=_past,
        metavar="TIME",
        help="only from this time on: 7d for the last seven days, 2026-11-21 or 2026-11-21T09:00:00Z",
    )
    command.add_argument("--until", type=_past, metavar="TIME", help="only before this time, written as for --since")


def _add_owner(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument(
        "--owner", metavar="REF", help=f"only {what} of this owner, for example group:default/platform"
    )


def _add_image(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--image", metavar="NAME", help=f"only {what} of this image")


def _past(text: str) -> datetime:
    """A duration before now, a date (midnight in UTC), or a time with its zone."""
    if _DURATION.fullmatch(text):
        try:
            return datetime.now(UTC) - parse_duration(text)
        except InvalidDuration as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return time_with_zone(text, _NO_TIME)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _reference(text: str) -> "ImageReference":
    # Imported only where it is needed: reading the arguments of other commands stays fast.
    from catalog.reference import ImageReference, InvalidReference  # noqa: PLC0415

    try:
        found = ImageReference.parse(text)
    except InvalidReference as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if found.digest:
        raise argparse.ArgumentTypeError(f"{text!r} has a digest; write it as --built-from DIGEST")
    return found


def _status(text: str) -> str:
    # As above.
    from catalog.image import Status  # noqa: PLC0415

    known = [status.value for status in Status]
    if text not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is not a status; the statuses are {', '.join(known)}")
    return text
