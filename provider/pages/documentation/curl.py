"""A curl command for an operation, to copy into a shell. Pure."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from provider.pages.documentation.examples import parameter_example

_PATH_VALUES: Mapping[str, str] = {
    "tag": "1.4.2",
    "run_id": "1234567890",
    "repository": "7",
    "release": "21",
    "rebuild": "20261128093000-4f1c9b",
}
_SECRETS = ("secret",)
"""Parameters in a path whose value is a secret, which a shell variable holds."""


def curl_of(
    method: str,
    url: str,
    parameters: Sequence[Mapping[str, Any]],
    body: Any = None,
    *,
    takes_token: bool = True,
) -> str:
    """The command, over several lines.

    Args:
        method: the HTTP method.
        url: the address, with its parameters in braces.
        parameters: of the operation; of those in the query, the required ones are written.
        body: the JSON to send; None: there is none.
        takes_token: whether callers authenticate with a token.
    """
    words = ["curl"] if method == "get" else ["curl", "-X", method.upper()]
    lines = [" ".join(words)]
    if takes_token:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if body is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    lines.append(_address(url, parameters))
    return " \\\n  ".join(lines)


def _address(url: str, parameters: Sequence[Mapping[str, Any]]) -> str:
    query = []
    for parameter in parameters:
        name, schema = parameter["name"], parameter.get("schema", {})
        if parameter["in"] == "path":
            url = url.replace(f"{{{name}}}", _in_path(name, schema))
        elif parameter["in"] == "query" and parameter.get("required"):
            query.append(f"{name}={parameter_example(name, schema)}")
    address = f"{url}?{'&'.join(query)}" if query else url
    # A shell replaces variables in double quotes alone.
    return f'"{address}"' if "$" in address else shlex.quote(address) if query else address


def _in_path(name: str, schema: Mapping[str, Any]) -> str:
    return f"${name.upper()}" if name in _SECRETS else _PATH_VALUES.get(name) or parameter_example(name, schema)
