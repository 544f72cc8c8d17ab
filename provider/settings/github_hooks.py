"""Webhooks at GitHub whose deliveries the service reads."""

import re
from dataclasses import dataclass

from marshmallow import ValidationError

_HOOK = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})(/(?P<repository>(?!\.{1,2}/)[A-Za-z0-9._-]{1,100}))?/(?P<id>[0-9]{1,18})"
)


@dataclass(frozen=True, slots=True)
class GitHubHook:
    """A webhook of a repository, or of an organization.

    Attributes:
        repository: None: it is the organization's.
    """

    owner: str
    repository: str | None
    id: str

    @property
    def path(self) -> str:
        """Its path in GitHub's API."""
        of = f"repos/{self.owner}/{self.repository}" if self.repository else f"orgs/{self.owner}"
        return f"/{of}/hooks/{self.id}"


def github_hooks(text: str) -> tuple[GitHubHook, ...]:
    """A comma-separated list of `OWNER/NAME/ID` and `ORGANIZATION/ID`."""
    return tuple(_hook(part.strip()) for part in text.split(",") if part.strip())


def _hook(text: str) -> GitHubHook:
    found = _HOOK.fullmatch(text)
    if found is None:
        raise ValidationError(
            f"{text!r} is not a webhook; write OWNER/NAME/ID for one of a repository or ORGANIZATION/ID, for example "
            "acme/portal/12345678"
        )
    return GitHubHook(found["owner"], found["repository"], found["id"])
