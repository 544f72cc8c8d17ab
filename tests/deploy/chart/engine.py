"""Render a chart with the Helm 4 engine, and validate the result: engine.py CHART VERSION.

The values come as JSON on standard input. It runs with the Python of .venv-chart, since helm-sdkpy needs Python 3.12.
It writes one JSON object: `lint` (warnings and errors of the chart), `refused` (why Helm does not install it, else ""),
`documents`, `invalid` (what the schemas of that version of Kubernetes refuse), and `notes`.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import helm_sdkpy
import kubernetes_validate
import yaml

# The file is run as a script, so its folder is where Python looks first.
from kubernetes_api import kubernetes_api

_WARNING = 2
# Kinds of other projects, which have no schema in Kubernetes.
_FOREIGN = {"ServiceMonitor"}


async def rendered(chart: str, version: str, values: dict[str, object]) -> dict[str, object]:
    """What Helm and the schemas say about a chart with these values."""
    with kubernetes_api(version) as address, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.write_text(json.dumps(_access(address)), encoding="utf-8")
        helm = helm_sdkpy.Configuration(namespace="platform", kubeconfig=str(config))
        linted = await helm_sdkpy.Lint(helm).run(chart)
        found = [message["Path"] for message in linted["Messages"] or () if message["Severity"] >= _WARNING]
        lint = [*found, *map(str, linted["Errors"] or ())]
        try:
            release = await helm_sdkpy.Install(helm).run("image-factory", chart, values=values, wait=False)
        except helm_sdkpy.InstallError as error:
            return {"lint": lint, "refused": str(error), "documents": [], "invalid": [], "notes": ""}
    documents = [document for document in yaml.safe_load_all(release["manifest"]) if document]
    invalid = [problem for document in documents for problem in _problems(document, version)]
    return {
        "lint": lint,
        "refused": "",
        "documents": documents,
        "invalid": invalid,
        "notes": release["info"]["notes"],
    }


def _problems(document: dict[str, object], version: str) -> list[str]:
    if document["kind"] in _FOREIGN:
        return []
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{document['kind']}: {error.message}"]
    return []


def _access(address: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "here", "cluster": {"server": address}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
        "users": [{"name": "here", "user": {}}],
        "current-context": "here",
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(rendered(sys.argv[1], sys.argv[2], json.load(sys.stdin)))))
