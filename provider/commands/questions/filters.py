"""What the options of a command ask for, as the filters of the lists."""

import argparse

from provider.operation_ports import AuditFilter, HistoryFilter, ProblemFilter
from provider.ports import ImageFilter


def images(options: argparse.Namespace) -> ImageFilter:
    """The filter of `images`: those that are behind for longest, or that need attention most, come first."""
    return ImageFilter(
        status=tuple(options.status),
        owner=options.owner,
        depends_on=options.depends_on,
        built_from=options.digest,
        reference=options.reference,
        cve=options.cve,
        transitive=options.transitive,
        behind=True if options.behind else None,
        sort="behindSince" if options.behind else "attention",
    )


def rebuilds(options: argparse.Namespace) -> HistoryFilter:
    """The filter of `rebuilds`."""
    return HistoryFilter(
        options.since,
        options.until,
        options.owner,
        image=options.image,
        requested_by=options.requested_by,
        cve=options.cve,
    )


def changes(options: argparse.Namespace) -> HistoryFilter:
    """The filter of `changes`."""
    return HistoryFilter(options.since, options.until, options.owner, image=options.image, moves=options.moves)


def period(options: argparse.Namespace) -> HistoryFilter:
    """The filter of `timeline`."""
    return HistoryFilter(options.since, options.until)


def audit(options: argparse.Namespace) -> AuditFilter:
    """The filter of `audit`."""
    return AuditFilter(options.since, options.until, options.caller, name=options.image, owner=options.owner)


def problems(options: argparse.Namespace) -> ProblemFilter:
    """The filter of `problems`."""
    return ProblemFilter(owner=options.owner, kind=options.kind)
