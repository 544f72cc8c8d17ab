"""Which path of the config repository holds what. Pure: paths in, meanings out, and back."""

import re
from dataclasses import dataclass
from enum import StrEnum

from provider.domain.enrollment import ADMINS_FILE

ENROLLMENTS = ADMINS_FILE
POLICY = "policy.yaml"
TEAM_FOLDER = "images.d"
STATE_FOLDER = "state"
ARCHIVE_FOLDER = f"{STATE_FOLDER}/_archive"

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""An image's name: at most 63 of a-z, 0-9 and '-', as Backstage's entity names demand at both ends."""
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_STATE_PATH = re.compile(rf"{STATE_FOLDER}/(?P<archive>_archive/)?(?P<role>images|base-images)/(?P<name>[^/]+)\.yaml")
_TEAM_PATH = re.compile(rf"{re.escape(TEAM_FOLDER)}/(?P<team>[^/]+)\.yaml")


class StateRole(StrEnum):
    """Whose state a file holds; the value is its folder's name."""

    MANAGED = "images"
    BASE = "base-images"


@dataclass(frozen=True, slots=True)
class EnrollmentsFile:
    """`images.yaml` (team None), or `images.d/<team>.yaml`."""

    team: str | None = None

    def __post_init__(self) -> None:
        if self.team is not None and not _TEAM.fullmatch(self.team):
            raise ValueError(
                f"{self.team!r} is not a valid name for a team's file; use letters, digits, '.', '_' and '-'"
            )


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """`policy.yaml`: which file may enroll which sources, images and workflows."""


@dataclass(frozen=True, slots=True)
class StateFile:
    """What the service knows of one image; archived: nothing depends on it any more."""

    role: StateRole
    name: str
    archived: bool = False

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a valid image name; use a-z, 0-9 and '-', at most 63 characters")


Meaning = EnrollmentsFile | PolicyFile | StateFile


def path_of(meaning: Meaning) -> str:
    """Where in the repository it lies, with '/' between folders."""
    match meaning:
        case EnrollmentsFile(team=None):
            return ENROLLMENTS
        case EnrollmentsFile(team=team):
            return f"{TEAM_FOLDER}/{team}.yaml"
        case PolicyFile():
            return POLICY
        case StateFile(role=role, name=name, archived=archived):
            return f"{state_folder(role, archived=archived)}/{name}.yaml"


def meaning_of(path: str) -> Meaning | None:
    """What the path holds; None: nothing of this service's (a README, a file with an impossible name)."""
    if path == ENROLLMENTS:
        return EnrollmentsFile()
    if path == POLICY:
        return PolicyFile()
    if (found := _TEAM_PATH.fullmatch(path)) and _TEAM.fullmatch(found["team"]):
        return EnrollmentsFile(found["team"])
    if (found := _STATE_PATH.fullmatch(path)) and NAME.fullmatch(found["name"]):
        return StateFile(StateRole(found["role"]), found["name"], archived=found["archive"] is not None)
    return None


def state_folder(role: StateRole, *, archived: bool = False) -> str:
    """The folder of all state files of one role."""
    return f"{ARCHIVE_FOLDER if archived else STATE_FOLDER}/{role.value}"


def is_state(path: str) -> bool:
    """True for what the service writes: it goes to the state branch, where that is another one."""
    return path == STATE_FOLDER or path.startswith(f"{STATE_FOLDER}/")
