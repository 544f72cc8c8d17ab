"""The layout of the config repository: which file is at which path. Pure: paths to meanings, and back."""

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
"""The name of an image: at most 63 of a-z, 0-9 and '-'; '-' is not first or last, as in Backstage's entity names."""
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_STATE_PATH = re.compile(rf"{STATE_FOLDER}/(?P<archive>_archive/)?(?P<role>images|base-images)/(?P<name>[^/]+)\.yaml")
_TEAM_PATH = re.compile(rf"{re.escape(TEAM_FOLDER)}/(?P<team>[^/]+)\.yaml")


class StateRole(StrEnum):
    """The role of the image whose state a file holds; the value is the name of the folder."""

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
    """The state of one image; `archived`: it is no longer tracked."""

    role: StateRole
    name: str
    archived: bool = False

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a valid image name; use a-z, 0-9 and '-', at most 63 characters")


Meaning = EnrollmentsFile | PolicyFile | StateFile


def path_of(meaning: Meaning) -> str:
    """The path in the repository, with '/' between folders."""
    match meaning:
        case EnrollmentsFile(team=None):
            return ENROLLMENTS
        case EnrollmentsFile(team=team):
            return f"{TEAM_FOLDER}/{team}.yaml"
        case PolicyFile():
            return POLICY
        case StateFile(role=role, name=name, archived=archived):
            return f"{state_folder(role, archived=archived)}/{name}.yaml"


def leftover_path(file: StateFile) -> str:
    """Where a state file that nobody can read is kept once its image is gone; it is not read there."""
    return f"{state_folder(file.role, archived=True)}/{file.name}.unreadable.yaml"


def meaning_of(path: str) -> Meaning | None:
    """The meaning of the path; None for other files, such as a README or a file with an invalid name."""
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
    """The folder with the state files of one role."""
    return f"{ARCHIVE_FOLDER if archived else STATE_FOLDER}/{role.value}"


def is_state(path: str) -> bool:
    """Whether the service writes this path; such paths are on the state branch, where it is a separate branch."""
    return path == STATE_FOLDER or path.startswith(f"{STATE_FOLDER}/")
