"""What is remembered of the lists of a repository at GitHub between two polls. Pure."""

import json
from dataclasses import dataclass

from provider.tracker.decisions.wanted import ListSource, WantedVersions


@dataclass(frozen=True, slots=True)
class GitHubMemory:
    """What was wanted, which lists were read, and the tags (ETag) of their first pages.

    Attributes:
        wanted: what was wanted then; the memory is valid for that alone.
        mode: which lists were read; None: nothing is remembered.
        releases: the tag of the first page of the releases, which has the newest; None: it was not read, or had none.
        tags: the tags of all pages of the tags, because a new one can be on any page.
    """

    wanted: WantedVersions
    mode: ListSource | None = None
    releases: str | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str | None, wanted: WantedVersions) -> "GitHubMemory":
        """Out of text; empty where something else was wanted."""
        try:
            document = json.loads(text or "")
            if document["wanted"] == _words(wanted):
                releases = document["releases"] if isinstance(document["releases"], str) else None
                return cls(wanted, ListSource(document["mode"]), releases, tuple(map(str, document["tags"])))
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        return cls(wanted)

    def text(self) -> str:
        """As text."""
        mode = self.mode.value if self.mode else None
        return json.dumps({"wanted": _words(self.wanted), "mode": mode, "releases": self.releases, "tags": self.tags})


def _words(wanted: WantedVersions) -> str:
    return f"{wanted.tag_form.value}{wanted.filter_key}"
