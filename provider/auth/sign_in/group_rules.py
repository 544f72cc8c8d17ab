"""What the groups of a person permit here. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from catalog.grammar import is_reference
from provider.auth.callers import Caller, CallerRole

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class GroupRules:
    """The groups that settings name, as the provider or proxy writes them.

    Attributes:
        roles: the role of each group, in the order of the setting; `*` is everybody who is signed in.
        owners: the reference of Backstage that each group is, for example `group:default/team-a`; as `*` a reference
            with `*` for the name of any other group.
    """

    roles: Mapping[str, CallerRole] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    def caller(self, name: str, groups: Collection[str]) -> Caller | None:
        """The caller that a person of these groups is: of the first role in order; None without a role."""
        role = next((role for group, role in self.roles.items() if group == EVERYBODY or group in groups), None)
        return Caller(name, role, frozenset(self._references(groups))) if role else None

    def _references(self, groups: Collection[str]) -> Iterator[str]:
        others = self.owners.get(EVERYBODY)
        for group in groups:
            if group != EVERYBODY and (reference := self.owners.get(group)):
                yield reference.lower()
            elif others and is_reference(made := others.replace(EVERYBODY, group.strip("/")).lower(), with_kind=True):
                yield made
