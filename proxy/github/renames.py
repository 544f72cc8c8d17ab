"""A repository that has another name now. Pure.

GitHub redirects the old name to the new one, which may have another owner, so the old name is not used any more.
"""

from proxy.errors import NoSuchRepository


class Renamed(NoSuchRepository):
    """The repository was renamed or moved; the message has the new name if GitHub's answer does."""


class NameTakenOver(NoSuchRepository):
    """Another repository has the name of the one that was asked for; the message says where that one is."""


def check_name(repository: str, found: str) -> None:
    """Check that an answer is about the repository that was asked for.

    Args:
        repository: OWNER/NAME, as it was asked for.
        found: OWNER/NAME, as GitHub's answer has it.

    Raises:
        Renamed: they differ in more than case.
    """
    if found.lower() != repository.lower():
        raise Renamed(f"github:{repository} was renamed or moved to {found}; use its new name")


def renamed(where: str) -> Renamed:
    """The error where an answer shows that the repository was renamed, but not to which name.

    Args:
        where: the start of the message: which repository, or which request.
    """
    return Renamed(f"{where}: it was renamed or moved; use its new name")
