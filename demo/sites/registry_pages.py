"""The pages of the demo's registry: the tags of a repository. Pure."""

from collections.abc import Mapping

from demo.sites.page import page, table

_NOTE = "a registry of version 2 without pages of its own, which has the images of this demo"


def repository_page(repository: str, digests: Mapping[str, str]) -> str:
    """The page of a repository.

    Args:
        repository: its path.
        digests: the digest of each tag.
    """
    rows = [[tag, digest] for tag, digest in sorted(digests.items())]
    return page("Registry of the demo", _NOTE, repository, [table("Tags", ("Tag", "Digest"), rows)])
