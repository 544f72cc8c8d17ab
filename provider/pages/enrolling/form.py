"""The form for an entry: from what a person sends to the keys of images.yaml, and back. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provider.domain.enrollment import Enrollment
from provider.pages.enrolling.fields import FIELDS, GROUPS, Field, Kind

CONTROLS = frozenset({"csrf_token", "step", "key", "seen"})
"""The fields of the form that are not in the entry."""

# A line; a key in PEM form has several.
_ITEM = re.compile(r"-----BEGIN [^\n]*-----[^-]*-----END [^\n]*-----|\S(?:[^\n]*\S)?")
_MISSING = "is missing"
_STANDS_FOR = {
    "source": "source.provider",
    "source.workflow": "build.workflow",
    "source.bake": "source.bake.file",
    "build": "build.system",
    "verify": "verify.cosign.keys",
    "verify.cosign": "verify.cosign.keys",
    "verify.cosign.identity": "verify.cosign.identity.subject",
}
_NEW = {"source.provider": "github", "build.system": "github-actions"}


@dataclass(frozen=True, slots=True)
class EntryForm:
    """What a person wrote; `errors` has a message for each field that is wrong, "" for the entry as a whole."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def opens(self, fields: Iterable[Field]) -> bool:
        """Whether one of these fields has something that a person should see."""
        return any(self.errors.get(each.key) or self.values.get(each.key, "") != each.usual for each in fields)

    def with_errors(self, messages: Mapping[str, str], *, typing: bool = False) -> "EntryForm":
        """The form with the messages about an entry, each at its field.

        Args:
            messages: by the path in the entry, such as `platforms[0]`.
            typing: the person still writes, so that what is missing is not wrong yet.
        """
        errors: dict[str, str] = {}
        for path, message in messages.items():
            if typing and message.startswith(_MISSING):
                continue
            key = field_of(path)
            text = message if key == path or not key else f"{path.removeprefix(key).strip('.[]') or path}: {message}"
            errors[key] = f"{errors[key]}; {text}" if key in errors else text
        return replace(self, errors={**self.errors, **errors})


def new_form(owner: str) -> EntryForm:
    """The form for a new entry, with its usual values."""
    return EntryForm({**{key: each.usual for key, each in FIELDS.items()}, **_NEW, "owner": owner})


def form_of(entry: Enrollment) -> EntryForm:
    """The form with the values of an entry as it is in its file."""
    document: dict[str, Any] = {**entry.to_document(), "file": entry.file}
    if entry.build:
        document["source"] = {key: value for key, value in document["source"].items() if key != "workflow"}
        document["build"] = {key: getattr(entry.build, key) for key in ("system", "workflow", "project", "ref", "url")}
    return EntryForm({key: _written(_inside(document, key), each) for key, each in FIELDS.items()})


def sent_form(sent: Iterable[tuple[str, list[str]]]) -> EntryForm:
    """The form that a browser sent.

    Raises:
        ValueError: it has a field that is not known, or one twice; the message names it.
    """
    values: dict[str, str] = {}
    for key, given in sent:
        if key in CONTROLS:
            continue
        if key not in FIELDS:
            raise ValueError(f"The form has the field {key[:50]!r}, which is not known.")
        if len(given) > 1:
            raise ValueError(f"The form has the field {key} more than once.")
        values[key] = given[0].replace("\r\n", "\n").strip()
    return EntryForm({**dict.fromkeys(FIELDS, ""), **values})


def document_of(form: EntryForm) -> tuple[dict[str, Any], dict[str, str]]:
    """The keys of the entry, and what cannot be read, by field."""
    document: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, each in FIELDS.items():
        text = form.values[key]
        if not text:
            continue
        value: object = text
        match each.kind:
            case Kind.FLAG:
                value = {"true": True, "false": False}.get(text, text)
            case Kind.LIST:
                value = _ITEM.findall(text)
                value = value[0] if key == "source.dockerfile" and len(value) == 1 else value
            case Kind.NAMED:
                pairs = [line.strip().partition("=") for line in text.split("\n") if line.strip()]
                if bad := next((name for name, sign, _ in pairs if not sign), None):
                    wrong[key] = f"the line {bad[:50]!r} has no '='; write NAME=value on a line each"
                names = [name.strip() for name, _, _ in pairs]
                if twice := next((name for name in names if names.count(name) > 1), None):
                    wrong[key] = f"names {twice[:50]!r} twice; keep one"
                value = {name.strip(): rest for name, _, rest in pairs}
            case Kind.TEXT | Kind.PROSE | Kind.CHOICE:
                pass
        _put(document, key, value)
    return document, wrong


def field_of(path: str) -> str:
    """The field of the form for a path in the entry; "" where there is none."""
    while path:
        if path in FIELDS:
            return path
        if path in _STANDS_FOR:
            return _STANDS_FOR[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return ""


def title_of(key: str) -> str:
    """The label of a field with the title of its group."""
    group = next(group for group in GROUPS if FIELDS[key] in (*group.fields, *group.more))
    return f"{group.title}: {FIELDS[key].label}"


def _put(document: dict[str, Any], key: str, value: object) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        document = document.setdefault(parent, {})
    document[last] = value


def _inside(document: Mapping[str, Any], key: str) -> object:
    found: Any = document
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _written(value: object, each: Field) -> str:
    match value:
        case None:
            return each.usual
        case bool():
            return "true" if value else "false"
        case list():
            return "\n".join(map(str, value))
        case Mapping():
            return "\n".join(f"{name}={text}" for name, text in value.items())
        case _:
            return str(value)
