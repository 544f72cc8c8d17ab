"""Runs the command that the options name, and imports only the modules of this command."""

import argparse
import os
from typing import TYPE_CHECKING

from provider import PACKAGE, garbage
from provider.commands.simulation.options import question
from provider.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider.commands.asking import AskOptions
    from provider.settings import Settings

_QUESTIONS = frozenset({"images", "rebuilds", "changes", "audit", "timeline", "problems"})
"""The commands that only answer a question about all images."""

_BACKUPS = frozenset({"backup", "restore"})


class DatabaseFailed(ProviderError):
    """The database did not answer or refused a statement; the message has the cause."""


def dispatch(options: argparse.Namespace) -> int:
    """Run the command that `provider.commands.parser` read, and return its exit code.

    Raises:
        InvalidSetting, ProviderError, OutsideFailure: the command failed; the message says what to do.
    """
    match options.command:
        case "discover":
            from provider.commands import discover

            chosen = discover.DiscoverOptions(
                dict(options.build_arg), options.target, options.platform, options.strict, options.format
            )
            return discover.run(options.paths, chosen)
        case "validate":
            from provider.commands import validate

            return validate.run(options.folder)
        case "openapi":
            from provider.commands import openapi

            return openapi.run(options.output)
        case "doctor":
            from provider.commands.doctor import running

            return running.run(os.environ, options.format)
        case "simulate":
            return _simulate(options)
        case _:
            return _with_settings(options)


def print_version() -> None:
    """Print the version of the installed package."""
    from importlib.metadata import version

    print(version(PACKAGE))


def _simulate(options: argparse.Namespace) -> int:
    asked = question(options)
    from provider.commands.simulation import printing
    from provider.settings import read_settings

    return printing.run(read_settings(os.environ), asked, options.format)


def _with_settings(options: argparse.Namespace) -> int:
    # Options that have no effect together, which the parser alone cannot refuse.
    if check := vars(options).get("check"):
        check(options)
    from provider.settings import read_settings

    settings = read_settings(os.environ)

    from sqlalchemy.exc import SQLAlchemyError

    try:
        return _runner(options.command)(settings, options)
    except SQLAlchemyError as error:
        from provider.composition.opening import cause_of

        raise DatabaseFailed(f"the database did not answer: {cause_of(error)}") from error


def _runner(command: str) -> "Callable[[Settings, argparse.Namespace], int]":
    if command in _QUESTIONS:
        return _answered
    return _kept if command in _BACKUPS else _with_database


def _with_database(settings: "Settings", options: argparse.Namespace) -> int:
    match options.command:
        case "serve":
            with garbage.none_collected():
                from provider.commands import serve

            return serve.serve(settings, options.host, options.port, with_worker=not options.no_worker)
        case "worker":
            with garbage.none_collected():
                from provider.commands import serve

            return serve.work(settings)
        case "check":
            from provider.commands import check

            return (check.dry_run if options.dry_run else check.run)(settings, options.names)
        case "enroll":
            from provider.commands import enroll

            return enroll.run(settings, options.file, dry_run=options.dry_run)
        case "rebuild" | "hold" | "release" | "skip" | "unskip":
            from provider.commands import asking

            return asking.run(settings, _asked(options))
        case "impact":
            from provider.commands import readers

            return readers.impact(settings, options.name, options.format, options.emergency, options.digest)
        case "status":
            from provider.commands import readers

            return readers.status(settings, options.name, options.format)
        case _:
            from provider.commands import readers

            return readers.catalog(settings, options.output)


def _kept(settings: "Settings", options: argparse.Namespace) -> int:
    """Make or restore a backup."""
    from provider.commands.backups import running

    if options.command == "backup":
        return running.backup(settings, options.file)
    return running.restore(settings, options.file, replaces=options.yes)


def _answered(settings: "Settings", options: argparse.Namespace) -> int:
    """Answer a question."""
    from provider.commands.questions import filters, histories, images, records, summary, timelines

    match options.command:
        case "images":
            return images.images(settings, options.format, filters.images(options))
        case "rebuilds":
            show = summary.summary if options.summary else histories.rebuilds
            return show(settings, options.format, filters.rebuilds(options))
        case "changes":
            return histories.changes(settings, options.format, filters.changes(options))
        case "audit":
            return records.audit(settings, options.format, filters.audit(options))
        case "timeline":
            return timelines.timeline(settings, options.format, options.name, filters.period(options))
        case _:
            return records.problems(settings, options.format, filters.problems(options))


def _asked(options: argparse.Namespace) -> "AskOptions":
    from provider.commands.asking import AskOptions

    given = vars(options)
    names = ("command", "name", "reason", "emergency", "cve", "until", "digest")
    return AskOptions(**{name: given[name] for name in names if given.get(name) is not None})
