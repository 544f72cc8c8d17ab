"""Which repository at GitHub an answer is about: its number stays the same when its name changes.

A name can be taken over by another repository, after a rename or after its repository was deleted; the number never is.
Source: GitHub's docs, "Renaming a repository"; its own Link headers and redirects use `/repositories/NUMBER`.
"""

import json
from dataclasses import replace
from urllib.parse import quote

from provider.domain.source_address import repo_problem
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.repository import Address
from proxy.errors import Garbage, NotFound, OutsideFailure
from proxy.github.pygithub import SessionRequester
from proxy.github.renames import NameTakenOver, check_name

# GitHub's ids have 64 bits, and so has their column.
_HIGHEST_NUMBER = 2**63 - 1


def api_path(address: Address, what: str) -> str:
    """The path of a list: by number, where it is known, so that no other repository can answer."""
    if address.number is not None:
        return f"/repositories/{address.number}/{what}"
    return f"/repos/{quote(address.path)}/{what}"


def identified(requester: SessionRequester, address: Address, found: Found, *, learn: bool) -> Found:
    """What was found, with the number of its repository, and with its path where that is another one now.

    Args:
        requester: sends a request where the number is not known, and where the name has changed.
        address: what was asked for.
        found: what was read there.
        learn: ask for a number that is not known.

    Raises:
        Renamed: the name has changed, and no number proves that it is the same repository.
        NameTakenOver: another repository has the old name.
        OutsideFailure: see `GitHubSession.ask`.
    """
    _check_path(address, found.path)
    if address.number is None:
        check_name(address.path, found.path or address.path)
        number = found.number or (_learned(requester, address) if learn else None)
        return replace(found, number=number, path=None)
    if found.path is None or found.path.lower() == address.path.lower():
        return replace(found, number=address.number, path=None)
    try:
        _check_owner_of_name(requester, address, found.path)
    except NameTakenOver:
        raise
    except NotFound:
        pass  # Nothing has the old name.
    return replace(found, number=address.number)


def _check_path(address: Address, path: str | None) -> None:
    """The answer names the repository: what no repository can be named never becomes an address."""
    if path is not None and repo_problem("github", path):
        raise Garbage(f"github:{address.path}: GitHub's answer names no repository that can exist; retried later")


def check_name_of_missing(requester: SessionRequester, address: Address) -> None:
    """Say why nothing has the number of a repository any more.

    Raises:
        NameTakenOver: another repository has its name.
        OutsideFailure: see `GitHubSession.ask`.
    """
    _check_owner_of_name(requester, address, None)


def _check_owner_of_name(requester: SessionRequester, address: Address, now: str | None) -> None:
    if (number := _number_of(requester, address)) == address.number:
        return
    ours = f"the tracked one ({address.number}) is {now} now" if now else f"the tracked one ({address.number}) is gone"
    advice = f"change the address to {now}, or " if now else ""
    raise NameTakenOver(
        f"github:{address.path} is another repository now (its id is {number}): {ours}; {advice}delete this entry and "
        f"add {address.path} again to track the other one"
    )


def _learned(requester: SessionRequester, address: Address) -> int | None:
    """The number; None where it cannot be read now, which is no reason to read no releases."""
    try:
        return _number_of(requester, address)
    except OutsideFailure:
        return None


def _number_of(requester: SessionRequester, address: Address) -> int:
    path = f"/repos/{quote(address.path)}"
    _, _, text = requester.requestJson("GET", path)
    try:
        number = json.loads(text)["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        number = None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= _HIGHEST_NUMBER:
        raise Garbage(f"GitHub's answer to GET {path} is no repository; retried later")
    return number
