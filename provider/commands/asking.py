"""`image-factory rebuild`, `hold`, `release`, `skip` and `unskip`: what the API does, from the command line."""

import getpass
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from catalog.image import Image
from catalog.reference import Digest, InvalidReference, parse_digest
from provider.commands.logged_parts import logged_parts
from provider.composition.parts import Parts, utc_now
from provider.composition.reading import where_no_database_is
from provider.composition.web import asking_of
from provider.composition.worker import open_worker
from provider.domain.asking.request import Outcome, PersonRequest
from provider.errors import CheckoutInUse
from provider.operation_ports import AuditRecord
from provider.private_files import private_umask
from provider.services.asking.asking import Asking, CannotAsk
from provider.settings import Settings
from provider.store.operations.audit import SqlAuditLog


@dataclass(frozen=True, slots=True)
class AskOptions:
    """The options of one of these commands; those that the command does not have keep their defaults."""

    command: str
    name: str
    reason: str = ""
    emergency: bool = False
    cve: str | None = None
    until: datetime | None = None
    digest: str | None = None


def run(settings: Settings, options: AskOptions) -> int:
    """Ask for it; without a running service, do it. Returns 1 if it cannot be done.

    Without a database nothing is made: no image is known, so this is the wrong folder, or nothing has run yet.
    """
    if nowhere := where_no_database_is(settings):
        print(f"{options.name}: {nowhere}", file=sys.stderr)
        return 1
    with private_umask(), logged_parts(settings, logging.WARNING) as parts:
        parts.check()
        image = parts.index.image(options.name)
        if image is None:
            print(f"{options.name}: no such image; 'image-factory status' lists all images", file=sys.stderr)
            return 1
        by = f"cli:{_user()}"
        try:
            request = _ask(asking_of(parts), image, options, by)
        except CannotAsk as error:
            _note(parts, options, by, "refused")
            print(parts.redactor(str(error)), file=sys.stderr)
            return 1
        _note(parts, options, by, "done")
        return _carried_out(parts, request)


def _ask(asking: Asking, image: Image, options: AskOptions, by: str) -> PersonRequest:
    reason, digest = options.reason, options.digest
    ways: dict[str, Callable[[], PersonRequest]] = {
        "rebuild": lambda: asking.rebuild(image, reason, by, options.cve),
        "hold": lambda: asking.hold(image, reason, by, options.until),
        "release": lambda: asking.release(image, reason, by),
    }
    if options.emergency:
        built_from = None if digest is None else parse_digest(digest)
        request, covered = asking.emergency(image, reason, by, options.cve, options.until, built_from)
        for each in covered:
            if each.why_not:
                print(f"{each.name} cannot be built: {each.why_not}", file=sys.stderr)
        return request
    if digest is not None:
        change = asking.skip if options.command == "skip" else asking.unskip
        return change(image, _whole(image, digest), reason, by)
    return ways[options.command]()


def _whole(image: Image, beginning: str) -> Digest:
    """The digest that begins like this: one of the image's dependencies or of its skips.

    Raises:
        CannotAsk: there is none, or several.
    """
    known = {digest for each in image.dependencies for digest in (each.newest, each.built_on) if digest}
    known |= {skip.digest for skip in image.skips}
    found = sorted(digest for digest in known if digest.startswith(beginning))
    if len(found) == 1:
        return found[0]
    try:
        return parse_digest(beginning)
    except InvalidReference as error:
        several = f"{len(found)} digests of its base images begin" if found else "no digest of its base images begins"
        raise CannotAsk(f"{image.name}: {several} with {beginning}; write the whole digest") from error


def _carried_out(parts: Parts, request: PersonRequest) -> int:
    """Carry the request out, or leave it to the service that runs."""
    try:
        with open_worker(parts) as worker:
            worker.react()
    except CheckoutInUse:
        print(f"{request.next_step} The running service does it within seconds.")
        return 0
    outcome = asking_of(parts).requests.outcome(request.id) or Outcome(
        done=False, message="it is stored, but could not be carried out; the log says why"
    )
    if not outcome.done:
        print(parts.redactor(outcome.message), file=sys.stderr)
        return 1
    print(request.next_step)
    for name in request.images or (request.name,):
        if image := parts.index.image(name):
            print(parts.redactor(f"{name}: {image.status.value}: {image.reason}"))
    return 0


def _note(parts: Parts, options: AskOptions, by: str, outcome: str) -> None:
    action = "emergency" if options.emergency else options.command
    record = AuditRecord(utc_now(), by, action, options.name, outcome, options.reason, options.cve)
    SqlAuditLog(parts.engine).note(record)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # No such user in the password database, as in many containers.
        return "unknown"
