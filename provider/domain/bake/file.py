"""One bake file: its targets with what they inherit, its groups, and the values of its variables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provider.domain.bake.blocks import Attribute, BakeBlock, named
from provider.domain.bake.errors import BakeError
from provider.domain.bake.expressions import UNKNOWN, Expression, MapOf, Value, Variables
from provider.domain.bake.hcl import read_hcl
from provider.domain.bake.json_file import read_json

_DEEPEST = 16
_BUILT_IN = {"BAKE_CMD_CONTEXT": "", "BAKE_LOCAL_PLATFORM": "linux/amd64"}


@dataclass(frozen=True, slots=True)
class BakeFile:
    """The blocks of one file; `variables` has the values of the enrollment in place of defaults."""

    targets: Mapping[str, BakeBlock]
    groups: Mapping[str, BakeBlock]
    variables: Variables

    @classmethod
    def read(cls, text: str, path: str, given: Mapping[str, str]) -> "BakeFile":
        """Read a text; the end of the path says whether it is JSON.

        Args:
            text: the file.
            path: of the file.
            given: the values of variables, by name.

        Raises:
            BakeError: the text is not of that syntax.
        """
        blocks = read_json(text) if path.lower().endswith(".json") else read_hcl(text)
        defaults = {name: _default(block) for name, block in named(blocks, "variable").items()}
        variables = Variables({**dict.fromkeys(_BUILT_IN), **defaults}, {**_BUILT_IN, **given})
        return cls(named(blocks, "target"), named(blocks, "group"), variables)

    def value(self, attribute: Attribute | None) -> Value:
        """The value of an attribute; None where it is not written."""
        return self.variables.value(attribute.value) if attribute else None

    def members(self, name: str, above: tuple[str, ...] = ()) -> Iterator[str]:
        """The targets of a group, or the target itself; nothing where there is neither."""
        group = self.groups.get(name)
        if group is None or name in above:
            if name in self.targets:
                yield name
            return
        members = self.value(group.attributes.get("targets"))
        for member in members if isinstance(members, list) and len(above) < _DEEPEST else ():
            if isinstance(member, str):
                yield from self.members(member, (*above, name))

    def attributes(self, name: str, above: tuple[str, ...] = ()) -> dict[str, Attribute]:
        """The attributes of a target over those that it inherits.

        Raises:
            BakeError: it inherits from itself, or from a target that is not in this file.
        """
        block = self.targets[name]
        if name in above or len(above) >= _DEEPEST:
            raise BakeError(block.line, "the target inherits from itself")
        own = dict(block.attributes)
        parents = self.value(own.pop("inherits", None))
        merged: dict[str, Attribute] = {}
        for parent in parents if isinstance(parents, list) else [] if parents is None else [UNKNOWN]:
            if not isinstance(parent, str) or parent not in self.targets:
                raise BakeError(block.line, "the target inherits from one that is not in this file")
            merged = _over(merged, self.attributes(parent, (*above, name)))
        return _over(merged, own)


def _default(block: BakeBlock) -> Expression | None:
    attribute = block.attributes.get("default")
    return attribute.value if attribute else None


def _over(below: Mapping[str, Attribute], above: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """Attributes over others; mappings, such as `args`, are merged key by key."""
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        lower, upper = below[key].value, above[key].value
        if isinstance(lower, MapOf) and isinstance(upper, MapOf):
            merged[key] = Attribute(MapOf((*lower.pairs, *upper.pairs)), above[key].line)
    return merged
