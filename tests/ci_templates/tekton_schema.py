"""The shape of a Tekton task, as a JSON schema.

Written from Tekton's documentation of `tekton.dev/v1` ("Tasks", "Pipeline API"): the fields that a task may have, of
which this one uses a part. Tekton's own schema is in no package registry.
"""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_NAME: Schema = {"type": "string", "pattern": "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"}
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}


def _record(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": item}


_SOURCE = _record(
    [],
    secretKeyRef=_record(["name", "key"], name=_TEXT, key=_TEXT, optional={"type": "boolean"}),
    configMapKeyRef=_record(["name", "key"], name=_TEXT, key=_TEXT, optional={"type": "boolean"}),
    fieldRef=_record(["fieldPath"], fieldPath=_TEXT, apiVersion=_TEXT),
)
_VARIABLE = _record(["name"], name=_TEXT, value={"type": "string"}, valueFrom=_SOURCE) | {
    "oneOf": [{"required": ["value"]}, {"required": ["valueFrom"]}]
}
_SECURITY = _record(
    [],
    privileged={"type": "boolean"},
    allowPrivilegeEscalation={"type": "boolean"},
    runAsUser={"type": "integer"},
    runAsNonRoot={"type": "boolean"},
    capabilities=_record([], add=_TEXTS, drop=_TEXTS),
)
_STEP = _record(
    ["name", "image"],
    name=_NAME,
    image=_TEXT,
    script=_TEXT,
    command=_TEXTS,
    args=_TEXTS,
    workingDir=_TEXT,
    env=_list_of(_VARIABLE),
    onError={"enum": ["continue", "stopAndFail"]},
    timeout=_TEXT,
    securityContext=_SECURITY,
    computeResources={"type": "object"},
    volumeMounts=_list_of(_record(["name", "mountPath"], name=_TEXT, mountPath=_TEXT, readOnly={"type": "boolean"})),
) | {"not": {"required": ["script", "command"]}}
_PARAM = _record(
    ["name"],
    name=_NAME,
    description=_TEXT,
    type={"enum": ["string", "array", "object"]},
    default={"type": ["string", "array", "object"]},
)
_WORKSPACE = _record(
    ["name"],
    name=_NAME,
    description=_TEXT,
    mountPath=_TEXT,
    readOnly={"type": "boolean"},
    optional={"type": "boolean"},
)
_RESULT = _record(["name"], name=_TEXT, description=_TEXT, type={"enum": ["string", "array", "object"]})

TASK: Schema = _record(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "tekton.dev/v1"},
    kind={"const": "Task"},
    metadata=_record(["name"], name=_NAME, labels={"type": "object"}, annotations={"type": "object"}),
    spec=_record(
        ["steps"],
        description=_TEXT,
        displayName=_TEXT,
        params=_list_of(_PARAM),
        workspaces=_list_of(_WORKSPACE),
        results=_list_of(_RESULT),
        steps=_list_of(_STEP),
        volumes=_list_of({"type": "object"}),
        stepTemplate={"type": "object"},
        sidecars=_list_of({"type": "object"}),
    ),
)
"""A task and everything in it; an unknown key is a problem."""
