"""Addresses by name and by number: GitHub's Link headers and redirects use numbers, and both are answered. Pure.

Source: Link headers of api.github.com (`/repositories/ID/...`, `/organizations/ID/...`, `/user/ID/...`).
"""

import re

from tests.peers.github.state import State, owner_id

_NUMBERED = re.compile(r"/(?P<kind>repositories|organizations|user)/(?P<number>\d+)(?P<rest>/.*)?")
_NAMED = re.compile(r"/(?:repos/(?P<repository>[^/]+/[^/]+)|orgs/(?P<org>[^/]+)|users/(?P<user>[^/]+))(?P<rest>/.*)?")


def named(path: str, state: State) -> str | None:
    """The address with names that one with a number means, itself when it has none; None when nothing has that id."""
    found = _NUMBERED.fullmatch(path)
    if found is None:
        return path
    number, rest = int(found["number"]), found["rest"] or ""
    if found["kind"] == "repositories":
        names = (each.full_name for each in state.repositories.values() if each.id == number)
        return next((f"/repos/{name}{rest}" for name in names), None)
    wanted, prefix = ("Organization", "/orgs/") if found["kind"] == "organizations" else ("User", "/users/")
    logins = (login for login, kind in state.owners.items() if kind == wanted and owner_id(login) == number)
    return next((f"{prefix}{login}{rest}" for login in logins), None)


def numbered(path: str, state: State) -> str:
    """The address with a number that GitHub writes for one with names; itself when it has none."""
    found = _NAMED.fullmatch(path)
    if found is None:
        return path
    rest = found["rest"] or ""
    if found["repository"]:
        return f"/repositories/{state.repositories[found['repository'].lower()].id}{rest}"
    if found["org"]:
        return f"/organizations/{owner_id(found['org'])}{rest}"
    return f"/user/{owner_id(found['user'])}{rest}"
