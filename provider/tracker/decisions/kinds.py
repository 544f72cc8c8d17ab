"""The types of repositories, and the forms of tags that count as versions."""

from enum import StrEnum


class RepositoryType(StrEnum):
    """The type of a repository, which decides how its releases are read."""

    GITHUB = "github"
    GIT = "git"
    CONTAINER = "container"


class TagForm(StrEnum):
    """Which tags are versions.

    semver: semantic versions, with or without a leading `v`, and calendar versions of three parts (2024.01.15).
    partial: also `1`, `1.2` and `1.2.3.4`.
    suffixed: versions of three or more numbers; a suffix makes a pre-release only where it says so (`-rc1`).
    any: every tag is a release; a tag that contains a version (`release-1.2`) is ordered by it.

    Form `semver` orders as semver does, the others as people do: `-r10` is higher than `-r9`.
    """

    SEMVER = "semver"
    PARTIAL = "partial"
    SUFFIXED = "suffixed"
    ANY = "any"


def default_tag_form(repository_type: RepositoryType) -> TagForm:
    """SEMVER for registries, because they mix versions with moving tags; ANY for the rest."""
    return TagForm.SEMVER if repository_type is RepositoryType.CONTAINER else TagForm.ANY
