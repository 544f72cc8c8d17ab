"""Render entities as YAML that YAML 1.1 parsers (PyYAML) and YAML 1.2 parsers (Backstage) read alike."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import yaml

SEPARATOR = "---\n"
EMPTY = "# No image is tracked yet.\n"
# Numbers and dates of both versions start like this (1e3 and 0o17 are text in PyYAML, numbers in YAML 1.2).
_LIKE_A_NUMBER = re.compile(r"[-+]?\.?[0-9].*|[-+]?\.(inf|nan)", re.IGNORECASE)
_WORDS = frozenset({"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"})
_BASE: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def fragment(entity: Mapping[str, object]) -> str:
    """One entity as a YAML document without the document separator; it ends with a line break."""
    return yaml.dump(
        dict(entity), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_ENDLESS
    )


def document(fragments: Iterable[str]) -> str:
    """Fragments as one stream of documents; without fragments, a comment, which Backstage reads as no entity."""
    return "".join(document_parts(fragments))


def document_parts(fragments: Iterable[str]) -> Iterator[str]:
    """The same in parts, so that a large document need not be in memory."""
    empty = True
    for text in fragments:
        yield text if empty else SEPARATOR + text
        empty = False
    if empty:
        yield EMPTY


def tag(fragments: Iterable[str]) -> str:
    """The strong ETag of `document(fragments)`, with its quotes (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(document(fragments).encode()).hexdigest()}"'


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Double quotes for text with unprintable characters, single quotes for text that could be read as another type."""
    if not text.isprintable():
        return '"'
    return "'" if text.lower() in _WORDS or _LIKE_A_NUMBER.fullmatch(text) else None


# Longer than any line, and small enough for libyaml's int.
_ENDLESS = 2**30


class _Dumper(_BASE):  # type: ignore[valid-type,misc]  # which of the two is known at run time only
    """Quotes text that could be read as another type, and never uses aliases."""

    # PyYAML's stubs type representers with Any only.
    yaml_representers: ClassVar[dict[type, Callable[[Any, Any], yaml.Node]]] = {
        **_BASE.yaml_representers,
        str: _text,
    }

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """Write repeated values in full: some readers refuse aliases."""
        return True
