"""The query of an image's versions page and builds page; an empty filter is no filter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from catalog.times import rfc3339
from provider.auth.strict_query import refused_query
from provider.operation_ports import HistoryFilter
from provider.pages.listing.images_query import page_number
from proxy.github.run_types import STATUSES, RunQuery
from proxy.version_types import VersionQuery

ROWS = 20
"""Rows of a page: the same as the default of the API, so that both use the same cache entries."""

VERSIONS_QUERY = ("q", "semver", "page", "refresh", "opened")
"""The query parameters of the versions page."""

RUNS_QUERY = ("status", "branch", "page", "refresh", "again")
"""The query parameters of the builds page."""

TIMELINE_QUERY = ("since", "until", "page")
"""The query parameters of the page of a timeline."""

_TRUE = "true"
_LONGEST_TAG = 128
_BRANCH = re.compile(r"[!-~]{1,255}")
# Values are texts and numbers; `Any` because url_for has keyword parameters of other types too.
Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionsPageQuery:
    """Which versions to show; an empty text is no filter. `opened` is the tag whose details are read; empty: none."""

    text: str = ""
    semver: bool = False
    page: int = 1
    refresh: bool = False
    opened: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "VersionsPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: `q` is longer than any tag, or `semver` is neither true nor false.
        """
        text, semver = arguments.get("q", "").strip(), arguments.get("semver", "")
        if len(text) > _LONGEST_TAG:
            raise refused_query({"q": f"Longer than any tag; at most {_LONGEST_TAG} characters."})
        if semver not in ("", _TRUE, "false"):
            raise refused_query({"semver": "Must be true or false."})
        return cls(
            text=text,
            semver=semver == _TRUE,
            page=page_number(arguments.get("page", "")),
            refresh=arguments.get("refresh") == _TRUE,
            opened=arguments.get("opened", ""),
        )

    @property
    def filter(self) -> VersionQuery:
        """The query for the versions; unless `semver` is set, all tags are included."""
        return VersionQuery(self.text or None, self.semver or None, self.page, ROWS, self.refresh)

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.text) or self.semver

    def parameters(self, **changes: str | int) -> Parameters:
        """The URL parameters with the same filters and these changes; the first page unless one is given."""
        return _without_defaults({"q": self.text, "semver": _TRUE if self.semver else "", **changes})


@dataclass(frozen=True, slots=True)
class RunsPageQuery:
    """Which builds to show; an empty text is no filter.

    Attributes:
        rerun: the run whose re-run was just requested; 0 for none.
    """

    status: str = ""
    branch: str = ""
    page: int = 1
    refresh: bool = False
    rerun: int = 0

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "RunsPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: GitHub has no such status, or no branch can have this name.
        """
        status, branch = arguments.get("status", ""), arguments.get("branch", "").strip()
        rerun = arguments.get("again", "")
        if status and status not in STATUSES:
            raise refused_query({"status": f"Must be one of: {', '.join(sorted(STATUSES))}."})
        if branch and not _BRANCH.fullmatch(branch):
            raise refused_query({"branch": "Not the name of a branch: at most 255 visible ASCII characters."})
        return cls(
            status=status,
            branch=branch,
            page=page_number(arguments.get("page", "")),
            refresh=arguments.get("refresh") == _TRUE,
            rerun=int(rerun) if re.fullmatch("[1-9][0-9]{0,18}", rerun) else 0,
        )

    @property
    def filter(self) -> RunQuery:
        """The query for the runs."""
        return RunQuery(self.status or None, self.branch or None, self.page, ROWS, self.refresh)

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.status or self.branch)

    def parameters(self, **changes: str | int) -> Parameters:
        """See `VersionsPageQuery.parameters`."""
        return _without_defaults({"status": self.status, "branch": self.branch, **changes})


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """Which part of a timeline to show: from the beginning of a day in UTC to the end of another; None: no limit."""

    since: date | None = None
    until: date | None = None
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "TimelineQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: a day is not a date.
        """
        days = {name: _day(name, arguments.get(name, "").strip()) for name in ("since", "until")}
        return cls(days["since"], days["until"], page_number(arguments.get("page", "")))

    @property
    def filter(self) -> HistoryFilter:
        """The period."""
        until = _midnight(self.until) + timedelta(days=1) if self.until else None
        return HistoryFilter(_midnight(self.since) if self.since else None, until)

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.since or self.until)

    @property
    def api_parameters(self) -> Parameters:
        """The parameters of the same list in the API."""
        period = self.filter
        times = {"since": period.since, "until": period.until}
        return {key: rfc3339(at) for key, at in times.items() if at}

    def parameters(self, **changes: str | int) -> Parameters:
        """See `VersionsPageQuery.parameters`."""
        days = {"since": self.since, "until": self.until}
        written = {name: day.isoformat() for name, day in days.items() if day}
        return _without_defaults({**written, **changes})


def _day(name: str, text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise refused_query({name: "Not a date; write for example 2026-11-21."}) from None
    if found == date.max:
        raise refused_query({name: "Too late."})
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _without_defaults(parameters: Parameters) -> Parameters:
    return {key: value for key, value in parameters.items() if value != "" and (key, value) != ("page", 1)}
