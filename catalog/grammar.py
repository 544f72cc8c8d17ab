"""Backstage's grammar of names, tags, keys and references.

Source: backstage, packages/catalog-model/src/validation and src/entity/ref.ts; tags as measured with Backstage 1.55.
"""

import re

LONGEST = 63
_LONGEST_PREFIX = 253
_OBJECT_NAME = re.compile(r"[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?")
_DNS_LABEL = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")
_TAG = re.compile(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_REFERENCE = re.compile(r"((?P<kind>[^:/]+):)?((?P<namespace>[^:/]+)/)?(?P<name>[^:/]+)")


def is_object_name(text: object) -> bool:
    """An entity's name, and a label's value."""
    return _matches(_OBJECT_NAME, text)


def is_namespace(text: object) -> bool:
    """A namespace: a DNS label."""
    return _matches(_DNS_LABEL, text)


def is_tag(text: object) -> bool:
    """A tag."""
    return _matches(_TAG, text)


def is_label_value(text: object) -> bool:
    """A label's value; it may be empty."""
    return text == "" or is_object_name(text)


def is_key(text: object) -> bool:
    """A label's or annotation's key: a name, or a domain, '/' and a name."""
    if not isinstance(text, str):
        return False
    prefix, separator, name = text.rpartition("/")
    return is_object_name(name) and (not separator or _is_domain(prefix))


def is_reference(text: object, *, with_kind: bool = False) -> bool:
    """A reference to an entity, `[kind:][namespace/]name`; `with_kind` requires the kind."""
    match = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    if not match or (with_kind and not match["kind"]):
        return False
    kind, namespace, name = match.group("kind", "namespace", "name")
    # Backstage compares references in lower case, so a namespace in upper case is valid.
    is_place = namespace is None or is_namespace(namespace.lower())
    return (kind is None or _matches(_KIND, kind)) and is_place and is_object_name(name)


def _is_domain(text: str) -> bool:
    return len(text) <= _LONGEST_PREFIX and all(is_namespace(label) for label in text.split("."))


def _matches(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST and pattern.fullmatch(text) is not None
