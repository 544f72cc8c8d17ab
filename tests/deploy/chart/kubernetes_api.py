"""As much of the API of a Kubernetes cluster as Helm asks for when it installs a chart.

Nothing exists in it, and it accepts everything.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_GROUPS = {
    "v1": ("Secret:secrets", "Service:services", "ServiceAccount:serviceaccounts"),
    "apps/v1": ("Deployment:deployments",),
    "networking.k8s.io/v1": ("Ingress:ingresses", "NetworkPolicy:networkpolicies"),
    "policy/v1": ("PodDisruptionBudget:poddisruptionbudgets",),
    "monitoring.coreos.com/v1": ("ServiceMonitor:servicemonitors",),
}


@contextmanager
def kubernetes_api(version: str) -> Iterator[str]:
    """The address of an API of that version of Kubernetes, such as 1.33, for the time of the block."""
    discovery = {path: json.dumps(document).encode() for path, document in _discovery(version).items()}

    class Api(BaseHTTPRequestHandler):
        """Answers one request."""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            found = discovery.get(path)
            if found is None and path.endswith("/secrets"):
                found = b'{"kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": []}'
            missing = b'{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}'
            self._answer(200 if found else 404, found or missing, "application/json")

        def do_POST(self) -> None:
            self._answer(201, self._body(), self.headers["Content-Type"])

        def do_PUT(self) -> None:
            self._answer(200, self._body(), self.headers["Content-Type"])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Log nothing."""

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


def _discovery(version: str) -> dict[str, object]:
    major, minor = version.split(".")
    named = [name for name in _GROUPS if "/" in name]
    groups = [
        {"name": name.partition("/")[0], "versions": [each], "preferredVersion": each}
        for name, each in ((name, {"groupVersion": name, "version": "v1"}) for name in named)
    ]
    return {
        "/version": {"major": major, "minor": minor, "gitVersion": f"v{version}.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups},
        **{f"/{'apis' if '/' in name else 'api'}/{name}": _resources(name) for name in _GROUPS},
    }


def _resources(group: str) -> dict[str, object]:
    verbs = ["create", "delete", "get", "list", "patch", "update"]
    pairs = [each.split(":") for each in _GROUPS[group]]
    resources = [
        {"name": plural, "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": verbs}
        for kind, plural in pairs
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group, "resources": resources}
