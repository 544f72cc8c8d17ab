"""Example values for schemas of the OpenAPI document: that of the schema, else what the name suggests. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]

_DEEPEST_LIST, _DEEPEST = 5, 12
"""Lists deeper than this are empty, so that an example is short and ends; nothing else leads deeper than the second."""
_DIGEST = f"sha256:{'4f1c9b0e8d7a6532' * 4}"
_BEFORE = f"sha256:{'a90b1c2d3e4f5867' * 4}"
_DAY, _TIME = "2026-11-28", "2026-11-28T09:30:00Z"
_OF_NAMES: Mapping[str, object] = {
    "action": "rebuild",
    "aliases": ["latest"],
    "annotations": {},
    "base": "node-22",
    "branch": "main",
    "builtFrom": _DIGEST,
    "by": "user:default/jane",
    "caller": "user:default/jane",
    "changes": ["rebuildDelay: 7d -> 3d"],
    "code": 422,
    "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "commitUrl": "https://github.com/acme/portal/commit/9fceb02d0ae598e95dc970b74767f19372d61af8",
    "count": 3,
    "cve": "CVE-2026-12345",
    "dependents": ["backstage"],
    "deployedVersion": "1.4.2",
    "description": "The developer portal",
    "diff": "+- name: backstage",
    "digest": _DIGEST,
    "dockerfile": "Dockerfile",
    "entityRef": "resource:default/backstage",
    "event": "workflow_dispatch",
    "exclude": ".*-rc.*",
    "file": "images.yaml",
    "from": "7d",
    "hash": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "headSha": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "highest": "1.4.2",
    "hint": "Give ARG NODE a default value, or set it under buildArgs.",
    "id": "20261128093000-4f1c9b",
    "image": "backstage",
    "include": "v(.*)",
    "issuer": "https://token.actions.githubusercontent.com",
    "kinds": ["from"],
    "label": "platform",
    "lifecycle": "production",
    "line": 12,
    "link": "/api/v1/repositories/7",
    "message": "the certificate of the registry expired on 27 Nov",
    "name": "backstage",
    "next": "/api/v1/images?cursor=WyJuYW1lIiwgImIiXQ",
    "notes": "Ask Jane before updating.",
    "outcome": "done",
    "owner": "group:default/platform",
    "page": 1,
    "pageSize": 20,
    "path": "images.yaml",
    "platforms": ["linux/amd64"],
    "previousDigest": _BEFORE,
    "previousHash": "1f0e5c7d3b2a49688796a5b4c3d2e1f00112233d",
    "problem": "the registry answered 503",
    "project": "acme/portal",
    "reason": "the certificates of the base image expired",
    "ref": "main",
    "reference": "docker.io/library/node:22",
    "registry": "ghcr.io",
    "remedy": "Correct the entry and push it.",
    "repo": "acme/portal",
    "repository": "acme/backstage",
    "requestedBy": "image-factory",
    "requestId": "5f0c7e1d2b3a4c5d8e9f0a1b2c3d4e5f",
    "revision": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "seenBy": "poll",
    "size": 118_000_000,
    "source": "github.com/acme/portal",
    "status": "completed",
    "subject": "https://github.com/acme/portal/.github/workflows/build.yml@refs/heads/main",
    "system": "portal",
    "tag": "1.4.2",
    "target": "release",
    "text": "name,url\\nportal,https://github.com/acme/portal",
    "title": "Backstage",
    "to": "3d",
    "total": 1,
    "trustedRoot": "trusted_root.json",
    "type": "github",
    "url": "https://github.com/acme/portal",
    "variants": ["1.4.2-alpine"],
    "version": "1.4.2",
    "written": "node:22",
    "workflow": "build.yml",
}
_OF_REQUESTS: Mapping[str, object] = {"owner": "acme"}
"""Names that mean something else in a request: there, the owner is one at GitHub."""
_OF_FORMATS: Mapping[str, object] = {"date-time": _TIME, "date": _DAY, "uri": "https://github.com/acme/portal"}
_TYPES: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list}
PLACEHOLDER = "…"
"""A text of which nothing is known."""
_OF_TYPES: Mapping[str, object] = {"string": PLACEHOLDER, "integer": 1, "number": 1.5, "boolean": False, "null": None}


@dataclass(frozen=True, slots=True)
class Examples:
    """Makes values that a schema allows and that look real.

    Attributes:
        schemas: those of the document, for references.
        request: only what a request needs: fields that are required or that have an example of their own.
    """

    schemas: Schemas
    request: bool = False

    def of(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        """A value; `name` is that of the field, and `depth` the number of values that it is in."""
        if "example" in schema:
            return schema["example"]
        if (part := self._part(schema)) is not None:
            return self.of(part, name, depth)
        if values := schema.get("enum"):
            usual = _OF_NAMES.get(name)
            return usual if usual in values else values[0]
        if schema.get("default") is not None:
            return schema["default"]
        return self._of_type(schema, name, depth)

    def _of_type(self, schema: Schema, name: str, depth: int) -> Any:
        kinds, usual = _kinds(schema), _OF_NAMES.get(name)
        if self.request:
            usual = _OF_REQUESTS.get(name, usual)
        kind = next((one for one in kinds if one != "null"), "null")
        if kind == "object":
            return self._object(schema, depth)
        items: Schema = schema.get("items", {})
        if isinstance(usual, _TYPES.get(kind, str)) and (kind != "array" or items.get("type") == "string"):
            return usual
        if "null" in kinds and schema.get("format") not in _OF_FORMATS:
            return None
        if kind == "array":
            return [] if depth >= _DEEPEST_LIST else [self.of(items, name.removesuffix("s"), depth + 1)]
        return _OF_FORMATS.get(str(schema.get("format")), _OF_TYPES.get(kind))

    def _part(self, schema: Schema) -> Schema | None:
        """The schema that this one stands for: of a choice, the first part that is not null; None: itself."""
        if "$ref" in schema:
            return self.schemas.get(str(schema["$ref"]).rsplit("/", 1)[-1], {})
        parts = (*schema.get("allOf", ()), *schema.get("anyOf", ()))
        return next((part for part in parts if part.get("type") != "null"), None)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        if depth >= _DEEPEST:
            return {}
        fields: Mapping[str, Schema] = schema.get("properties", {})
        required = schema.get("required", ())
        shown = [name for name, field in fields.items() if not self.request or name in required or _says(field)]
        return {name: self.of(fields[name], name, depth + 1) for name in shown}


def parameter_example(name: str, schema: Schema) -> str:
    """The text of a parameter, for an address."""
    value = Examples({}).of(schema, name)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _says(field: Schema) -> bool:
    """Whether a field that can be left out belongs into a request: it has an example, and needs no other field."""
    return "example" in field and not str(field.get("description", "")).startswith("with `")


def _kinds(schema: Schema) -> Sequence[str]:
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    return kinds if isinstance(kinds, list) else [kinds]
