"""Documents of GitHub's Packages API, and their addresses. Pure.

Source: GitHub's REST documentation, "List package versions for a package owned by an organization".
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode

from catalog.addresses import is_web_address
from catalog.reference import Digest, ImageReference, InvalidReference, parse_digest
from proxy.errors import Garbage
from proxy.versions.listing import ListedTag
from proxy.versions.tag_names import is_tag
from proxy.versions.tag_order import is_channel

OwnerKind = Literal["orgs", "users"]
_KINDS: Mapping[str, OwnerKind] = {"Organization": "orgs", "User": "users"}
_LINK = re.compile(r"<([^<>\s]*)>;\s*rel=\"(prev|next|last|first)\"")
_LONGEST_LINK = 8192
_PAGE = re.compile(r"[1-9][0-9]{0,5}")


def owner_path(owner: str) -> str:
    """The path of an owner's document; it also exists for organizations."""
    return f"/users/{quote(owner, safe='')}"


def parse_owner(body: bytes, owner: str) -> OwnerKind:
    """Whether the owner is a user or an organization, as the paths of packages name it.

    Raises:
        Garbage: the document names neither type.
    """
    document = _json(body, owner)
    kind = _KINDS.get(str(document.get("type"))) if isinstance(document, dict) else None
    if kind is None:
        raise Garbage(f"GitHub does not say whether {owner} is a user or an organization; retried later")
    return kind


def versions_path(kind: OwnerKind, reference: ImageReference, page: int, size: int) -> str:
    """The path of a page of a container package's versions; slashes in a nested name are encoded."""
    owner, _, package = reference.repository.partition("/")
    query = urlencode({"page": page, "per_page": size})
    return f"/{kind}/{quote(owner, safe='')}/packages/container/{quote(package, safe='')}/versions?{query}"


def parse_versions(body: bytes, where: object) -> tuple[ListedTag, ...]:
    """The tags on one page.

    A version without tags is a platform's manifest, an attestation, or a former image of a tag. The date of a version
    is `created_at`, the push of the manifest. A channel such as `latest` can be put back on an older version, which
    changes its `updated_at`; so does every other change of the version's tags, so this is not the date of releases.

    Raises:
        Garbage: it is not a page of versions.
    """
    document = _json(body, where)
    if not isinstance(document, list):
        raise _garbage(where)
    return tuple(tag for version in document for tag in _tags(version, where))


def version_digests(body: bytes, where: object) -> frozenset[Digest]:
    """The digests of all versions on one page, also of those without tags.

    Raises:
        Garbage: it is not a page of versions.
    """
    document = _json(body, where)
    if not isinstance(document, list):
        raise _garbage(where)
    digests = (_digest(version.get("name")) for version in document if isinstance(version, dict))
    return frozenset(digest for digest in digests if digest)


def last_page(header: str) -> int | None:
    """The number of a list's last page; None if GitHub's Link header does not name it, as on the last page itself."""
    target = next((link for link, relation in _LINK.findall(header[:_LONGEST_LINK]) if relation == "last"), "")
    number = dict(parse_qsl(target.partition("#")[0].partition("?")[2])).get("page", "")
    return int(number) if _PAGE.fullmatch(number) else None


def link_relations(header: str, address: str) -> Mapping[str, str]:
    """The addresses of other pages, with our address instead of GitHub's.

    Args:
        header: GitHub's Link header; only its page numbers are used.
        address: ours, without a query.
    """
    found: dict[str, str] = {}
    for target, relation in _LINK.findall(header[:_LONGEST_LINK]):
        query = dict(parse_qsl(target.partition("#")[0].partition("?")[2]))
        numbers = {name: query[name] for name in ("page", "per_page") if query.get(name, "").isdecimal()}
        if numbers:
            found[relation] = f"{address}?{urlencode(numbers)}"
    return found


def _tags(version: object, where: object) -> Iterator[ListedTag]:
    if not isinstance(version, dict):
        raise _garbage(where)
    metadata = version.get("metadata")
    container = metadata.get("container") if isinstance(metadata, dict) else None
    names = container.get("tags") if isinstance(container, dict) else None
    page = version.get("html_url")
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str) and is_tag(name):
            yield ListedTag(
                name,
                digest=_digest(version.get("name")),
                published_at=_published(name, version),
                url=page if is_web_address(page) else None,
            )


def _published(name: str, version: Mapping[str, object]) -> datetime | None:
    created, updated = _time(version.get("created_at")), _time(version.get("updated_at"))
    return max(created, updated) if created and updated and is_channel(name) else created


def _digest(value: object) -> Digest | None:
    try:
        return parse_digest(value) if isinstance(value, str) else None
    except InvalidReference:
        return None


def _time(value: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
        return time.astimezone(UTC) if time and time.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _json(body: bytes, where: object) -> object:
    # `from None`: the decoder's error contains the document.
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _garbage(where) from None


def _garbage(where: object) -> Garbage:
    return Garbage(f"{where}: GitHub's list of package versions cannot be read; retried later")
