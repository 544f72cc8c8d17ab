"""What a reader of an image's versions or builds asks for. A wrong filter is left out, never an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provider.pages.images_query import page_number
from proxy.github.run_types import STATUSES, RunQuery
from proxy.version_types import VersionQuery

ROWS = 20
"""On a page; the API's own default, so that both are answered out of what is kept."""

_TRUE = "true"
_LONGEST_TAG = 128
_BRANCH = re.compile(r"[!-~]{1,255}")
# Of texts and numbers; Flask's url_for has keywords of other types beside.
Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AskedVersions:
    """Which versions; an empty text does not restrict."""

    text: str = ""
    semver: bool = False
    page: int = 1
    refresh: bool = False

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "AskedVersions":
        """Out of an address's query."""
        text = arguments.get("q", "").strip()
        return cls(
            text=text if len(text) <= _LONGEST_TAG else "",
            semver=arguments.get("semver") == _TRUE,
            page=page_number(arguments.get("page", "")),
            refresh=arguments.get("refresh") == _TRUE,
        )

    @property
    def wanted(self) -> VersionQuery:
        """For the versions; without the box both kinds of tags are shown."""
        return VersionQuery(self.text or None, self.semver or None, self.page, ROWS, self.refresh)

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.text) or self.semver

    def query(self, **changes: str | int) -> Query:
        """The query of an address with the same filters; the first page unless one is named."""
        return _written({"q": self.text, "semver": _TRUE if self.semver else "", **changes})


@dataclass(frozen=True, slots=True)
class AskedRuns:
    """Which builds; an empty text does not restrict.

    Attributes:
        again: the run that was just asked to run again; 0: none.
    """

    status: str = ""
    branch: str = ""
    page: int = 1
    refresh: bool = False
    again: int = 0

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "AskedRuns":
        """Out of an address's query."""
        status, branch = arguments.get("status", ""), arguments.get("branch", "").strip()
        again = arguments.get("again", "")
        return cls(
            status=status if status in STATUSES else "",
            branch=branch if _BRANCH.fullmatch(branch) else "",
            page=page_number(arguments.get("page", "")),
            refresh=arguments.get("refresh") == _TRUE,
            again=int(again) if re.fullmatch("[1-9][0-9]{0,18}", again) else 0,
        )

    @property
    def wanted(self) -> RunQuery:
        """For the runs."""
        return RunQuery(self.status or None, self.branch or None, self.page, ROWS, self.refresh)

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.status or self.branch)

    def query(self, **changes: str | int) -> Query:
        """As `AskedVersions.query`."""
        return _written({"status": self.status, "branch": self.branch, **changes})


def _written(query: Query) -> Query:
    return {key: value for key, value in query.items() if value != "" and (key, value) != ("page", 1)}
