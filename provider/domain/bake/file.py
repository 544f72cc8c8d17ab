"""One bake file: its targets with what they inherit, its groups, and the values of its variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provider.domain.bake.blocks import LARGEST, Attribute, BakeBlock, named
from provider.domain.bake.errors import BakeError
from provider.domain.bake.expressions import UNKNOWN, Expression, MapOf, Value, Variables
from provider.domain.bake.json_file import read_json

_DEEPEST = 16
_BUILT_IN = {"BAKE_CMD_CONTEXT": "", "BAKE_LOCAL_PLATFORM": "linux/amd64"}


@dataclass(frozen=True, slots=True)
class BakeFile:
    """The blocks of one file; `variables` has the values of the enrollment in place of defaults."""

    targets: Mapping[str, BakeBlock]
    groups: Mapping[str, BakeBlock]
    variables: Variables
    _merged: dict[str, dict[str, Attribute]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def read(cls, text: str, path: str, given: Mapping[str, str]) -> "BakeFile":
        """Read a text; the end of the path says whether it is JSON.

        Args:
            text: the file.
            path: of the file.
            given: the values of variables, by name.

        Raises:
            BakeError: the text is not of that syntax, or is too large.
        """
        if len(text.encode()) > LARGEST:
            raise BakeError(1, f"the bake file is larger than {LARGEST} bytes")
        blocks = read_json(text) if path.lower().endswith(".json") else _read_hcl(text)
        defaults = {name: _default(block) for name, block in named(blocks, "variable").items()}
        variables = Variables({**dict.fromkeys(_BUILT_IN), **defaults}, {**_BUILT_IN, **given})
        return cls(named(blocks, "target"), named(blocks, "group"), variables)

    def value(self, attribute: Attribute | None) -> Value:
        """The value of an attribute; None where it is not written."""
        return self.variables.value(attribute.value) if attribute else None

    def texts(self, attribute: Attribute | None) -> tuple[str, ...]:
        """The texts of a list; what is not understood of it is left out, and what is no list has none."""
        found = self.value(attribute)
        return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()

    def members(self, name: str) -> list[str]:
        """The targets of a group, each once, or the target itself; nothing where there is neither."""
        found: list[str] = []
        opened: set[str] = set()
        todo = [name]
        while todo:
            member = todo.pop()
            if member in self.groups and member not in opened:
                opened.add(member)
                todo += reversed(self.texts(self.groups[member].attributes.get("targets")))
            elif member in self.targets:
                found.append(member)
        return list(dict.fromkeys(found))

    def attributes(self, name: str, below: tuple[str, ...] = ()) -> dict[str, Attribute]:
        """The attributes of a target over those that it inherits; each target is merged once.

        Args:
            name: of the target.
            below: the targets that inherit from it, and are not merged yet.

        Raises:
            BakeError: it inherits from itself, from a target that is not in this file, or over too many levels.
        """
        if name not in self._merged:
            self._merged[name] = self._attributes(name, below)
        return self._merged[name]

    def _attributes(self, name: str, below: tuple[str, ...]) -> dict[str, Attribute]:
        block = self.targets[name]
        if name in below:
            raise BakeError(block.line, "the target inherits from itself")
        if len(below) >= _DEEPEST:
            raise BakeError(block.line, f"more than {_DEEPEST} targets inherit one from another")
        own = dict(block.attributes)
        parents = self.value(own.pop("inherits", None))
        merged: dict[str, Attribute] = {}
        for parent in parents if isinstance(parents, list) else [] if parents is None else [UNKNOWN]:
            if not isinstance(parent, str) or parent not in self.targets:
                raise BakeError(block.line, "the target inherits from one that is not in this file")
            merged = _over(merged, self.attributes(parent, (*below, name)))
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
            pairs = {**dict(lower.pairs), **dict(upper.pairs)}
            merged[key] = Attribute(MapOf(tuple(pairs.items())), above[key].line)
    return merged


def _read_hcl(text: str) -> Sequence[BakeBlock]:
    from provider.domain.bake.hcl import read_hcl  # noqa: PLC0415 - its grammar is slow to load, and rarely needed

    return read_hcl(text)
