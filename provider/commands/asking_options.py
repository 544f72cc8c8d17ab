"""The arguments of the commands by which people ask for rebuilds, holds and skipped digests."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from provider.domain.asking.limits import CVE_FORM, LONGEST_REASON

if TYPE_CHECKING:
    from catalog.reference import Digest

_FEWEST = 7
_NO_TIME = "neither a date nor a time with zone; write 2026-12-05 or 2026-12-05T09:00:00Z"
_DIGEST = re.compile(rf"(sha256:)?[0-9a-f]{{{_FEWEST},64}}", re.ASCII)


def check_emergency(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse options of an emergency that would have no effect without it."""
    given = vars(options)
    if not options.emergency and (given.get("until") or given.get("digest")):
        refuse("--until and --built-from need --emergency")


def add_rebuild(command: argparse.ArgumentParser) -> None:
    """The arguments of `rebuild`."""
    _add_name(command)
    _add_reason(command, required=True)
    command.add_argument(
        "--emergency", action="store_true", help="use the current digests, and wait for no delay, window or hold"
    )
    command.add_argument("--cve", type=_cve, metavar="ID", help="the vulnerability, for example CVE-2026-12345")
    command.add_argument(
        "--until",
        type=_moment,
        metavar="TIME",
        help="with --emergency: drop what has not started then (default: 3 days)",
    )
    _add_built_from(command)


def add_impact(command: argparse.ArgumentParser) -> None:
    """The arguments of `impact`."""
    _add_name(command)
    command.add_argument("--emergency", action="store_true", help="show what an emergency rebuild of the image covers")
    _add_built_from(command)


def add_hold(command: argparse.ArgumentParser) -> None:
    """The arguments of `hold`."""
    _add_name(command)
    _add_reason(command, required=True)
    command.add_argument(
        "--until", type=_moment, metavar="TIME", help="when the hold ends, 2026-12-05 or 2026-12-05T09:00:00Z"
    )


def add_release(command: argparse.ArgumentParser) -> None:
    """The arguments of `release`."""
    _add_name(command)
    _add_reason(command, required=False)


def add_skip(command: argparse.ArgumentParser) -> None:
    """The arguments of `skip`."""
    _add_name(command)
    command.add_argument(
        "digest", type=_part_of_digest, metavar="DIGEST", help="the digest of a base image, or its beginning"
    )
    _add_reason(command, required=True)


def add_unskip(command: argparse.ArgumentParser) -> None:
    """The arguments of `unskip`."""
    _add_name(command)
    command.add_argument("digest", type=_part_of_digest, metavar="DIGEST", help="the skipped digest, or its beginning")
    _add_reason(command, required=False)


def _add_name(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help="the image")


def _add_reason(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument("--reason", required=required, type=_reason, metavar="TEXT", help="why, for other people")


def _add_built_from(command: argparse.ArgumentParser) -> None:
    command.set_defaults(check=partial(check_emergency, refuse=command.error))
    command.add_argument(
        "--built-from",
        dest="digest",
        type=whole_digest,
        metavar="DIGEST",
        help="with --emergency, for a base image: only images that contain this digest of it",
    )


def _reason(text: str) -> str:
    found = " ".join(text.split())
    if not 0 < len(found) <= LONGEST_REASON:
        raise argparse.ArgumentTypeError(f"write 1 to {LONGEST_REASON} characters; other people read it")
    return found


def _cve(text: str) -> str:
    if not CVE_FORM.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an id of the CVE program; write for example CVE-2026-12345")
    return text


def whole_digest(text: str) -> "Digest":
    """A digest with its algorithm."""
    # Imported only where it is needed: reading the arguments of other commands stays fast.
    from catalog.reference import InvalidReference, parse_digest  # noqa: PLC0415

    try:
        return parse_digest(text)
    except InvalidReference as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a digest; write sha256: followed by 64 hexadecimal digits"
        ) from error


def _part_of_digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a digest; write sha256: and 64 hexadecimal digits, or the first {_FEWEST} or more"
        )
    return text if text.startswith("sha256:") else f"sha256:{text}"


def _moment(text: str) -> datetime:
    """A date (midnight in UTC), or a time with its zone; it lies ahead."""
    try:
        day = date.fromisoformat(text)
        found = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        found = time_with_zone(text, _NO_TIME)
    if found <= datetime.now(UTC):
        raise argparse.ArgumentTypeError(f"{text} is in the past")
    return found


def time_with_zone(text: str, problem: str) -> datetime:
    """A time in ISO 8601 with its offset from UTC; for other texts, the message says this problem."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is {problem}")
    return found
