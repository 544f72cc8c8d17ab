"""Parse what settings say of the groups of people; each parser raises `ValidationError` with what to write."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from environs import ValidationError

from provider.auth.callers import CallerRole
from provider.auth.sign_in.group_rules import EVERYBODY
from provider.domain.enrollment_grammar import shown

_NAME = "x"


def group_roles(text: str) -> Mapping[str, CallerRole]:
    """A comma-separated list of `group:role`; a group may have colons."""
    found: dict[str, CallerRole] = {}
    for part in _parts(text):
        group, colon, role = (piece.strip() for piece in part.rpartition(":"))
        if not colon or not group or role not in set(CallerRole):
            raise ValidationError(
                f"{shown(part)} is not a group and its role; write for example platform:admin,*:read; roles are "
                f"{', '.join(CallerRole)}"
            )
        _once(group, found)
        found[group] = CallerRole(role)
    return MappingProxyType(found)


def group_owners(problem: Callable[[str], str | None]) -> Callable[[str], Mapping[str, str]]:
    """A parser of a comma-separated list of `group=reference`; for the group `*` the reference has one `*`.

    Args:
        problem: what is wrong with a reference.
    """

    def parse(text: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for part in _parts(text):
            group, equals, reference = (piece.strip() for piece in part.rpartition("="))
            whole = reference.replace(EVERYBODY, _NAME) if group == EVERYBODY else reference
            if not equals or not group or (group == EVERYBODY) != (EVERYBODY in reference):
                raise ValidationError(
                    f"{shown(part)} is not a group and its reference in Backstage; write for example "
                    "Team A=group:default/team-a, or *=group:default/* for groups of the same names"
                )
            if wrong := problem(whole):
                raise ValidationError(wrong)
            _once(group, found)
            found[group] = reference
        return MappingProxyType(found)

    return parse


def scopes(text: str) -> tuple[str, ...]:
    """Scopes with spaces between them; `openid` among them."""
    found = tuple(text.split())
    if "openid" not in found:
        raise ValidationError("openid is missing; write for example: openid profile email groups")
    return found


def _once(group: str, found: Mapping[str, object]) -> None:
    if group in found:
        raise ValidationError(f"{shown(group)} is there twice; write it once")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
