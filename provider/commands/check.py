"""`image-factory check`: checks images now, and prints their status."""

import logging
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from provider.commands.asked_check import LONGEST, CheckEnd, RunningService
from provider.commands.logged_parts import logged_parts
from provider.commands.progress_bar import progress_bar
from provider.composition.config_checkout import config_address
from provider.composition.dry_run import dry_settings, open_dry_run
from provider.composition.parts import Parts, utc_now
from provider.composition.worker import open_worker
from provider.config_repo.repository.lock import CheckoutLock
from provider.domain.build_request import BuildRequest
from provider.ports import ImageFilter, ImageIndex
from provider.private_files import private_umask
from provider.settings import Settings
from provider.store.operations.check_requests import SqlCheckRequests

_LATER = "it goes on with it: 'image-factory status' shows the result later, and its log what holds it up"
_PAGE = 200
_NOTHING: Mapping[str, BuildRequest] = {}


def run(settings: Settings, names: Sequence[str]) -> int:
    """Check these images, or all; returns 1 if a name is unknown, the configuration has a problem, or nothing is known.

    Beside a running service, that service does the check.
    """
    with private_umask(), logged_parts(settings, logging.WARNING) as parts:
        service = _service(parts)
        if service.is_there(settings.check_interval) and (code := _asked(parts, service, names)) is not None:
            return code
        return _checked_here(parts, names)


def dry_run(settings: Settings, names: Sequence[str]) -> int:
    """Print what a check of these images, or of all, would find and decide; the exit codes are those of `run`.

    Everything that it writes is in a temporary folder, beside a running service too.
    """
    with private_umask(), TemporaryDirectory(prefix="image-factory-dry-run-") as temporary:
        folder = Path(temporary)
        with (
            logged_parts(dry_settings(settings, folder), logging.WARNING) as parts,
            open_dry_run(parts, settings, folder) as (steps, builds),
        ):
            with progress_bar() as progress:
                snapshot = steps.check(names, progress)
            problems = [str(problem) for _, problem in snapshot.problems]
            return _report(parts, names, problems, config_address(settings), builds.noted)


def _service(parts: Parts) -> RunningService:
    held = partial(CheckoutLock.is_held, parts.settings.config_checkout.absolute())
    return RunningService(SqlCheckRequests(parts.engine), parts.beats, held, utc_now)


def _asked(parts: Parts, service: RunningService, names: Sequence[str]) -> int | None:
    """Let the running service check, and report; None where it has ended before."""
    print("the service is running: it does the check", file=sys.stderr)
    began = utc_now()
    with progress_bar() as progress:
        end = service.check(names, progress)
    if end is CheckEnd.SERVICE_ENDED:
        print("the service has ended: the check is done here", file=sys.stderr)
        return None
    if end is CheckEnd.TOO_LONG:
        minutes = int(LONGEST.total_seconds() // 60)
        print(f"the service has not finished the check after {minutes} minutes; {_LATER}", file=sys.stderr)
        return 1
    problems = [problem.text for problem in parts.index.reported()]
    code = _report(parts, names, problems, config_address(parts.settings))
    if problem := service.problem_since(began):
        print(parts.redactor(f"the check ended early: {problem}"), file=sys.stderr)
        return 1
    return code


def _checked_here(parts: Parts, names: Sequence[str]) -> int:
    with open_worker(parts) as worker, progress_bar() as progress:
        snapshot = worker.check(names, progress)
    return _report(parts, names, [str(problem) for _, problem in snapshot.problems], config_address(parts.settings))


def _report(
    parts: Parts,
    names: Sequence[str],
    problems: Collection[str],
    address: str,
    noted: Mapping[str, BuildRequest] = _NOTHING,
) -> int:
    """Print the problems of the configuration, and the decision for each image, from the index.

    Args:
        parts: have the index.
        names: the images; none: all.
        problems: of the configuration.
        address: of the config repository.
        noted: what a dry run would start, by image.
    """
    unknown = [name for name in names if parts.index.image(name) is None]
    for name in unknown:
        print(f"{name}: no such image; 'image-factory status' lists all images", file=sys.stderr)
    for problem in problems:
        print(parts.redactor(problem), file=sys.stderr)
    _print_decisions(parts, names, noted)
    total = parts.index.page(ImageFilter(), 1, 1).total
    if not total:
        print(
            f"no images are enrolled; clone the config repository {address}, add an entry to images.yaml, and push it"
        )
    print(f"{total} {'image' if total == 1 else 'images'} tracked", file=sys.stderr)
    return int(bool(unknown or problems))


def _print_decisions(parts: Parts, names: Sequence[str], noted: Mapping[str, BuildRequest]) -> None:
    for name in sorted(names or _every_name(parts.index)):
        if image := parts.index.image(name):
            digest = f" at {image.digest}" if image.digest else ""
            decided = (
                f"would be rebuilt: {noted[name].reason}" if name in noted else f"{image.status.value}: {image.reason}"
            )
            print(parts.redactor(f"{name}{digest}: {decided}"))


def _every_name(index: ImageIndex) -> Iterator[str]:
    after = None
    while True:
        page = index.page(ImageFilter(), 1, _PAGE, after)
        yield from (image.name for image in page.items)
        if page.end is None:
            return
        after = page.end
