"""Check entities by the rules of Backstage, which silently drops an invalid new entity."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from catalog.addresses import is_web_address
from catalog.grammar import is_key, is_label_value, is_namespace, is_object_name, is_reference, is_tag

Entity: TypeAlias = Mapping[str, object]

_API_VERSIONS = ("backstage.io/v1alpha1", "backstage.io/v1beta1")
_NAME_RIGHT = "use letters, digits, '-', '_' and '.', the last three not at the edges, at most 63 characters"
_TAG_RIGHT = "use a-z, 0-9, ':', '+', '#' and single '-' between them, at most 63 characters"
_KEY_RIGHT = "write a name, or a domain, '/' and a name, for example image-factory.io/role"
_SHOWN = 80


def problems(entity: Entity) -> list[str]:
    """All problems of a Resource, one sentence each: the entity, the field, what is wrong and what to write."""
    name = called(entity)
    found = (*_envelope(entity), *_metadata(_section(entity, "metadata")), *_spec(_section(entity, "spec")))
    return [f"{name}: {problem}" for problem in (*found, *_unwritable(entity, ""))]


def checked(entities: Iterable[Entity], taken: dict[str, str] | None = None) -> tuple[list[Entity], list[str]]:
    """The valid entities in their order, and the problems of the others.

    Of valid entities with the same name, ignoring case, the first is kept: Backstage would silently take the last.

    Args:
        entities: in the order in which they are served.
        taken: the references of valid entities before these; the references of these are added to it.
    """
    names = {} if taken is None else taken
    valid: list[Entity] = []
    found: list[str] = []
    for entity in entities:
        wrong, name = problems(entity), called(entity)
        key = name.lower()
        if not wrong and key in names:
            wrong = [f"{name}: metadata.name: {names[key]} already has this name; rename one of them"]
        if wrong:
            found += wrong
        else:
            names[key] = name
            valid.append(entity)
    return valid, found


def called(entity: Entity) -> str:
    """The reference of the entity, as far as known, for messages."""
    metadata = _section(entity, "metadata")
    kind, namespace = entity.get("kind") or "entity", metadata.get("namespace") or "default"
    return _shortened(f"{str(kind).lower()}:{namespace}/{metadata.get('name') or '?'}")


def _envelope(entity: Entity) -> Iterator[str]:
    if entity.get("apiVersion") not in _API_VERSIONS:
        yield f"apiVersion: {_shown(entity.get('apiVersion'))} is unknown; write {_API_VERSIONS[0]}"
    if entity.get("kind") != "Resource":
        yield f"kind: {_shown(entity.get('kind'))} is not Resource, the kind of images"
    for key in ("metadata", "spec"):
        if not isinstance(entity.get(key), Mapping):
            yield f"{key}: not a mapping; write a mapping"


def _metadata(metadata: Entity) -> Iterator[str]:
    if not is_object_name(metadata.get("name")):
        yield f"metadata.name: {_shown(metadata.get('name'))} is not a name; {_NAME_RIGHT}"
    if "namespace" in metadata and not is_namespace(metadata["namespace"]):
        yield f"metadata.namespace: {_shown(metadata['namespace'])} is not a namespace; use a-z, 0-9 and '-' inside"
    if "title" in metadata and not _is_text(metadata["title"]):
        yield f"metadata.title: {_shown(metadata['title'])} is not text; write text or omit the key"
    if not isinstance(metadata.get("description", ""), str):
        yield f"metadata.description: {_shown(metadata['description'])} is not text; quote it"
    for key, value in _entries(metadata, "annotations"):
        if not isinstance(value, str):
            yield f"metadata.annotations.{_shortened(key)}: {_shown(value)} is not text; quote it"
    for key, value in _entries(metadata, "labels"):
        if not is_label_value(value):
            yield f"metadata.labels.{_shortened(key)}: {_shown(value)} is not a label value; {_NAME_RIGHT}"
    yield from _keys(metadata)
    yield from _lists(metadata)


def _keys(metadata: Entity) -> Iterator[str]:
    for field in ("annotations", "labels"):
        if not isinstance(metadata.get(field, {}), Mapping):
            yield f"metadata.{field}: not a mapping; write a mapping or omit the key"
        for key, _ in _entries(metadata, field):
            if not is_key(key):
                yield f"metadata.{field}: {_shown(key)} is not a key; {_KEY_RIGHT}"


def _lists(metadata: Entity) -> Iterator[str]:
    for field in ("tags", "links"):
        if not isinstance(metadata.get(field, []), list | tuple):
            yield f"metadata.{field}: not a list; write a list or omit the key"
    for at, tag in enumerate(_items(metadata, "tags")):
        if not is_tag(tag):
            yield f"metadata.tags[{at}]: {_shown(tag)} is not a tag; {_TAG_RIGHT}"
    for at, link in enumerate(_items(metadata, "links")):
        fields = link if isinstance(link, Mapping) else {}
        # The address is not repeated, because an invalid one may contain a password.
        if not is_web_address(fields.get("url")):
            yield f"metadata.links[{at}].url: not a web address; write http(s)://HOST/PATH without credentials"
        if "title" in fields and not _is_text(fields["title"]):
            yield f"metadata.links[{at}].title: {_shown(fields['title'])} is not text; write text or omit the key"
        if "icon" in fields and not is_object_name(fields["icon"]):
            yield f"metadata.links[{at}].icon: {_shown(fields['icon'])} is not the name of an icon; {_NAME_RIGHT}"


def _spec(spec: Entity) -> Iterator[str]:
    if not _is_text(spec.get("type")):
        yield f"spec.type: {_shown(spec.get('type'))} is not a type; write for example managed-image"
    if "lifecycle" in spec and not _is_text(spec["lifecycle"]):
        yield f"spec.lifecycle: {_shown(spec['lifecycle'])} is not text; write for example production"
    if not is_reference(spec.get("owner")):
        yield f"spec.owner: {_shown(spec.get('owner'))} is not an owner; write for example group:default/platform"
    if "system" in spec and not is_reference(spec["system"]):
        yield f"spec.system: {_shown(spec['system'])} is not a system; write for example portal"
    if not isinstance(spec.get("dependsOn", []), list | tuple):
        yield "spec.dependsOn: not a list; write a list or omit the key"
    for at, dependency in enumerate(_items(spec, "dependsOn")):
        if not is_reference(dependency, with_kind=True):
            yield f"spec.dependsOn[{at}]: {_shown(dependency)} is not a reference; write resource:default/NAME"


def _unwritable(value: object, path: str) -> Iterator[str]:
    """Text that cannot be encoded as UTF-8, because it has a lone surrogate (which JSON can contain)."""
    match value:
        case str() if any("\ud800" <= letter <= "\udfff" for letter in value):
            yield f"{path}: {_shown(value)} cannot be encoded as UTF-8; remove the invalid character"
        case Mapping():
            for key, each in value.items():
                yield from _unwritable(each, f"{path}.{key}".removeprefix("."))
        case list() | tuple():
            for at, each in enumerate(value):
                yield from _unwritable(each, f"{path}[{at}]")
        case _:
            return


def _section(mapping: Entity, key: str) -> Entity:
    value = mapping.get(key)
    return value if isinstance(value, Mapping) else {}


def _entries(mapping: Entity, key: str) -> list[tuple[str, object]]:
    return [(str(name), value) for name, value in _section(mapping, key).items()]


def _items(mapping: Entity, key: str) -> list[object]:
    value = mapping.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return "the value" if "@" in str(value) else ascii(_shortened(str(value)))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
