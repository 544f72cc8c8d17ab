"""Links to the source that the publisher of an image names in its labels. Pure.

A label is any text. Only sites that are known get a link: another one could be there to deceive readers.
"""

import re

from catalog.addresses import PUBLIC_SITES, Sites, is_web_address
from provider.forges.place import commit_page, project_page

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_SCP_LIKE = re.compile(r"git@[a-z0-9.-]+:[!-~]+")
# `git+https://` is how builders write the address of a git repository.
_PREFIX = "git+"


def source_link(sites: Sites, source: str | None) -> str | None:
    """The page of a repository at GitHub or GitLab; None for any other text."""
    pages = (project_page(each, _address(source)) for each in (sites, PUBLIC_SITES))
    return next((page for page in pages if page and _is_plain(page)), None)


def revision_link(sites: Sites, source: str | None, revision: str | None) -> str | None:
    """The page of a commit in such a repository; None for a revision that is no commit."""
    if not _COMMIT.fullmatch(revision or ""):
        return None
    pages = (commit_page(each, _address(source), revision or "") for each in (sites, PUBLIC_SITES))
    return next((page for page in pages if page and _is_plain(page)), None)


def _address(source: str | None) -> str:
    """A git address, also of a label that ends with a branch: `https://github.com/acme/app.git#main`."""
    address = (source or "").strip().removeprefix(_PREFIX).partition("#")[0]
    return address if is_web_address(address) or _SCP_LIKE.fullmatch(address) else ""


def _is_plain(page: str) -> bool:
    """Whether the address leads to a page of the site that it begins with."""
    return is_web_address(page) and ".." not in page and "%" not in page
