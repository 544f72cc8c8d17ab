"""What Backstage would refuse. It drops a bad new entity silently, so ours are checked before they leave."""

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
    """All that is wrong with a Resource, one sentence each: which entity, which field, what would be right."""
    name = called(entity)
    found = (*_envelope(entity), *_metadata(_section(entity, "metadata")), *_spec(_section(entity, "spec")))
    return [f"{name}: {problem}" for problem in (*found, *_unwritable(entity, ""))]


def checked(entities: Iterable[Entity]) -> tuple[list[Entity], list[str]]:
    """What may leave, in the order given, and what is wrong with the rest.

    Of valid entities with the same name in any case, the first leaves: Backstage would silently take the last.
    """
    valid: dict[str, Entity] = {}
    found: list[str] = []
    for entity in entities:
        own = problems(entity)
        key = called(entity).lower()
        if not own and key in valid:
            own = [
                f"{called(entity)}: metadata.name: {called(valid[key])} has this name already; give one another name"
            ]
        if own:
            found += own
        else:
            valid[key] = entity
    return list(valid.values()), found


def called(entity: Entity) -> str:
    """The entity's reference as far as it can be told, for a message."""
    metadata = _section(entity, "metadata")
    kind, namespace = entity.get("kind") or "entity", metadata.get("namespace") or "default"
    return _shortened(f"{str(kind).lower()}:{namespace}/{metadata.get('name') or '?'}")


def _envelope(entity: Entity) -> Iterator[str]:
    if entity.get("apiVersion") not in _API_VERSIONS:
        yield f"apiVersion: {_shown(entity.get('apiVersion'))} is unknown; write {_API_VERSIONS[0]}"
    if entity.get("kind") != "Resource":
        yield f"kind: {_shown(entity.get('kind'))} is not Resource, which an image is"
    for key in ("metadata", "spec"):
        if not isinstance(entity.get(key), Mapping):
            yield f"{key}: this is not a mapping; write one"


def _metadata(metadata: Entity) -> Iterator[str]:
    if not is_object_name(metadata.get("name")):
        yield f"metadata.name: {_shown(metadata.get('name'))} is not a name; {_NAME_RIGHT}"
    if "namespace" in metadata and not is_namespace(metadata["namespace"]):
        yield f"metadata.namespace: {_shown(metadata['namespace'])} is not a namespace; use a-z, 0-9 and single '-'"
    if "title" in metadata and not _is_text(metadata["title"]):
        yield f"metadata.title: {_shown(metadata['title'])} is not a text; write one or leave the key out"
    if not isinstance(metadata.get("description", ""), str):
        yield f"metadata.description: {_shown(metadata['description'])} is not a text; quote it"
    for key, value in _entries(metadata, "annotations"):
        if not isinstance(value, str):
            yield f"metadata.annotations.{_shortened(key)}: {_shown(value)} is not a text; quote it"
    for key, value in _entries(metadata, "labels"):
        if not is_label_value(value):
            yield f"metadata.labels.{_shortened(key)}: {_shown(value)} is not a label's value; {_NAME_RIGHT}"
    yield from _keys(metadata)
    yield from _lists(metadata)


def _keys(metadata: Entity) -> Iterator[str]:
    for field in ("annotations", "labels"):
        if not isinstance(metadata.get(field, {}), Mapping):
            yield f"metadata.{field}: this is not a mapping; write one or leave the key out"
        for key, _ in _entries(metadata, field):
            if not is_key(key):
                yield f"metadata.{field}: {_shown(key)} is not a key; {_KEY_RIGHT}"


def _lists(metadata: Entity) -> Iterator[str]:
    for field in ("tags", "links"):
        if not isinstance(metadata.get(field, []), list | tuple):
            yield f"metadata.{field}: this is not a list; write one or leave the key out"
    for at, tag in enumerate(_items(metadata, "tags")):
        if not is_tag(tag):
            yield f"metadata.tags[{at}]: {_shown(tag)} is not a tag; {_TAG_RIGHT}"
    for at, link in enumerate(_items(metadata, "links")):
        fields = link if isinstance(link, Mapping) else {}
        # The address is not repeated: a bad one may hold a password.
        if not is_web_address(fields.get("url")):
            yield f"metadata.links[{at}].url: this is not an address; write http(s)://HOST/PATH without credentials"
        if "title" in fields and not _is_text(fields["title"]):
            yield f"metadata.links[{at}].title: {_shown(fields['title'])} is not a text; write one or leave the key out"
        if "icon" in fields and not is_object_name(fields["icon"]):
            yield f"metadata.links[{at}].icon: {_shown(fields['icon'])} is not an icon's name; {_NAME_RIGHT}"


def _spec(spec: Entity) -> Iterator[str]:
    if not _is_text(spec.get("type")):
        yield f"spec.type: {_shown(spec.get('type'))} is not a type; write for example managed-image"
    if "lifecycle" in spec and not _is_text(spec["lifecycle"]):
        yield f"spec.lifecycle: {_shown(spec['lifecycle'])} is not a text; write for example production"
    if not is_reference(spec.get("owner")):
        yield f"spec.owner: {_shown(spec.get('owner'))} is not an owner; write for example group:default/platform"
    if "system" in spec and not is_reference(spec["system"]):
        yield f"spec.system: {_shown(spec['system'])} is not a system; write for example portal"
    if not isinstance(spec.get("dependsOn", []), list | tuple):
        yield "spec.dependsOn: this is not a list; write one or leave the key out"
    for at, dependency in enumerate(_items(spec, "dependsOn")):
        if not is_reference(dependency, with_kind=True):
            yield f"spec.dependsOn[{at}]: {_shown(dependency)} is not a reference; write resource:default/NAME"


def _unwritable(value: object, path: str) -> Iterator[str]:
    """Text that no UTF-8 document can hold; it comes from JSON with half of a surrogate pair."""
    match value:
        case str() if any("\ud800" <= letter <= "\udfff" for letter in value):
            yield f"{path}: {_shown(value)} cannot be written as UTF-8; leave the odd character out"
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
    return "what is written" if "@" in str(value) else ascii(_shortened(str(value)))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
