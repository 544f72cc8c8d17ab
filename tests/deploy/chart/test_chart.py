"""The chart is rendered by the Helm 4 engine, and what comes out is valid for Kubernetes and confined."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.commands.parser import parser
from tests.deploy.chart.values import FULL, MINIMAL

pytestmark = pytest.mark.chart

ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy" / "helm" / "image-factory"
_PYTHON = ROOT / ".venv-chart" / "bin" / "python"
_ENGINE = Path(__file__).parent / "engine.py"
# The oldest one that the chart names, one in between, and the newest that the schemas have.
VERSIONS = ("1.27", "1.33", "1.37")
SIZES = {"minimal": MINIMAL, "full": FULL}


def _rendered(values: Mapping[str, Any], chart: Path = CHART, version: str = "1.33") -> dict[str, Any]:
    """What the engine says; its fields are described in engine.py."""
    command = [str(_PYTHON), "-B", str(_ENGINE), str(chart), version]
    done = subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _pods(documents: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for document in documents:
        if document["kind"] == "Deployment":
            yield document["metadata"]["name"], document["spec"]["template"]["spec"]


def _of(kind: str, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [document for document in documents if document["kind"] == kind]


@pytest.fixture(scope="module", params=SIZES)
def documents(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """What is rendered with few values, and with all of them."""
    return list(_rendered(SIZES[request.param])["documents"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_rendered_is_valid(size: str, version: str) -> None:
    """Helm finds nothing to complain about, and the schemas of Kubernetes accept each document strictly."""
    found = _rendered(SIZES[size], version=version)

    assert (found["refused"], found["lint"], found["invalid"]) == ("", [], [])
    assert len(found["documents"]) == {"minimal": 7, "full": 9}[size]


def test_the_defaults_alone_are_refused_in_plain_words() -> None:
    """Without a config repository that all pods reach, each would have one of its own and lose it."""
    found = _rendered({})

    assert found["lint"] == []
    assert "settings.IMAGE_FACTORY_CONFIG_REPO is missing: set it to the address" in found["refused"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"web": {"replicas": "two"}}, "/web/replicas"),
        ({"web": {"replica": 3}}, "replica"),
        ({"worker": {"replicas": -1}}, "/worker/replicas"),
        ({"image": {"digest": "sha256:123"}}, "/image/digest"),
        ({"settings": {"IMAGE_FACTORY_GITHUB_TOKEN": "in plain text"}}, "IMAGE_FACTORY_GITHUB_TOKEN"),
        ({"settings": {"IMAGE_FACTORY_CONFIG_REPOSITORY": "misspelt"}}, "IMAGE_FACTORY_CONFIG_REPOSITORY"),
        ({"secrets": {"IMAGE_FACTORY_GITHUB_TOKEN": "in plain text"}}, "/secrets/IMAGE_FACTORY_GITHUB_TOKEN"),
        ({"ingress": {"enabled": True}}, "/ingress/host"),
        ({"serviceMonitor": {"enabled": True}}, "/serviceMonitor/tokenSecret"),
        ({"networkPolicy": {"ports": [70000]}}, "/networkPolicy/ports/0"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_wrong_values_are_refused(change: dict[str, dict[str, Any]], named: str) -> None:
    """The schema of the values names the place, before anything is installed."""
    found = _rendered({**MINIMAL, **{key: {**MINIMAL.get(key, {}), **value} for key, value in change.items()}})

    assert "values don't meet the specifications of the schema" in found["refused"]
    assert named in found["refused"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("readinessProbe:", "readynessProbe:"),
        ("failureThreshold: 150", "failureTreshold: 150"),
        ("httpGet: {path: /healthz, port: http}", "httpGet: {path: /healthz}"),
        ("replicas: {{", "replica: {{"),
    ],
)
def test_a_mistake_in_a_template_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    """So the schemas of Kubernetes see each key of a probe."""
    chart = shutil.copytree(CHART, tmp_path / "chart")
    file = chart / "templates" / "web.yaml"
    assert right in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(right, wrong), encoding="utf-8")

    assert any(problem.startswith("Deployment: ") for problem in _rendered(MINIMAL, chart)["invalid"])


def test_a_helper_that_is_missing_is_noticed(tmp_path: Path) -> None:
    """Helm refuses to render it."""
    chart = shutil.copytree(CHART, tmp_path / "chart")
    file = chart / "templates" / "_helpers.tpl"
    file.write_text(file.read_text("utf-8").replace('define "image-factory.image"', 'define "x"'), encoding="utf-8")

    assert "image-factory.image" in _rendered(MINIMAL, chart)["refused"]


def test_each_pod_is_confined(documents: list[dict[str, Any]]) -> None:
    """As the level `restricted` of Kubernetes' pod security standards wants it, and with a read-only filesystem."""
    pods = dict(_pods(documents))

    assert pods.keys() == {"image-factory-web", "image-factory-worker"}
    for pod in pods.values():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}
        assert container["securityContext"] == {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert not [volume for volume in pod["volumes"] if "hostPath" in volume]


def test_each_pod_has_a_data_folder_of_its_own(documents: list[dict[str, Any]]) -> None:
    """So several workers never share a checkout."""
    for _, pod in _pods(documents):
        assert [volume for volume in pod["volumes"] if volume["name"] == "data" and "emptyDir" in volume]


def test_secrets_exist_already(documents: list[dict[str, Any]]) -> None:
    """The chart makes none; each is a file, and its variable names the path at which it is mounted."""
    assert _of("Secret", documents) == []
    for _, pod in _pods(documents):
        (secrets,) = [volume["projected"]["sources"] for volume in pod["volumes"] if volume["name"] == "secrets"]
        files = {item["path"] for source in secrets for item in source["secret"]["items"]}
        variables = {each["name"]: each.get("value", "") for each in pod["containers"][0]["env"]}
        assert {f"{file}_FILE": f"/run/secrets/image-factory/{file}" for file in files}.items() <= variables.items()
        assert {"IMAGE_FACTORY_DATABASE_URL", "IMAGE_FACTORY_SECRET_KEY"} <= files


def test_the_commands_exist(documents: list[dict[str, Any]]) -> None:
    """The command line of the service accepts them."""
    for name, pod in _pods(documents):
        options = parser().parse_args(pod["containers"][0]["args"])
        assert options.command == {"image-factory-web": "serve", "image-factory-worker": "worker"}[name]


def test_the_web_service_has_probes(documents: list[dict[str, Any]]) -> None:
    """It is restarted where it does not answer, and gets requests while it is ready."""
    (container,) = dict(_pods(documents))["image-factory-web"]["containers"]

    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["startupProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["readinessProbe"]["httpGet"]["path"] in {"/healthz", "/readyz"}
    assert container["ports"] == [{"name": "http", "containerPort": 8080}]


def test_selectors_find_the_pods_of_one_part(documents: list[dict[str, Any]]) -> None:
    """Service, budget and network policy of the web service never hold for a worker."""
    pods = {
        document["metadata"]["name"]: document["spec"]["template"]["metadata"]["labels"]
        for document in _of("Deployment", documents)
    }
    web, worker = pods["image-factory-web"], pods["image-factory-worker"]
    (service,), (budget,) = _of("Service", documents), _of("PodDisruptionBudget", documents)

    for selector in (service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= web.items()
        assert not selector.items() <= worker.items()


def test_nothing_reaches_a_worker(documents: list[dict[str, Any]]) -> None:
    """The network policy lets only the port of the web service be reached, and only some ports outside."""
    policies = {each["metadata"]["name"]: each["spec"] for each in _of("NetworkPolicy", documents)}

    assert policies["image-factory-worker"]["ingress"] == []
    assert [rule["ports"] for rule in policies["image-factory-web"]["ingress"]] == [
        [{"protocol": "TCP", "port": "http"}]
    ]
    for policy in policies.values():
        assert policy["policyTypes"] == ["Ingress", "Egress"]
        assert {"protocol": "TCP", "port": 5432} in policy["egress"][1]["ports"]


def test_all_values_have_their_effect() -> None:
    """Replicas, digest, TLS, the token of Prometheus, and the credentials of registries are in what is rendered."""
    found = _rendered(FULL)
    documents = found["documents"]
    (ingress,), (monitor,) = _of("Ingress", documents), _of("ServiceMonitor", documents)
    pods = dict(_pods(documents))

    assert {each["spec"]["replicas"] for each in _of("Deployment", documents)} == {3, 2}
    assert all(pod["containers"][0]["image"].startswith("registry.example.com/") for pod in pods.values())
    assert all("@sha256:" in pod["containers"][0]["image"] for pod in pods.values())
    assert ingress["spec"]["tls"][0] == {"hosts": ["image-factory.example.com"], "secretName": "image-factory-tls"}
    assert monitor["spec"]["endpoints"][0]["authorization"]["credentials"] == FULL["serviceMonitor"]["tokenSecret"]
    assert {"name": "IMAGE_FACTORY_REGISTRY_AUTH_FILE", "value": "/run/secrets/registry-auth"} in (
        pods["image-factory-worker"]["containers"][0]["env"]
    )
    assert "https://image-factory.example.com/login" in found["notes"]


def test_settings_arrive_as_they_are_written() -> None:
    """A large number is not rounded, a truth value is a word, and quotes and braces stay."""
    (worker,) = (pod for name, pod in _pods(_rendered(FULL)["documents"]) if name.endswith("-worker"))
    arrived = {each["name"]: each["value"] for each in worker["containers"][0]["env"]}

    expected = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in FULL["settings"].items()
    }
    assert expected.items() <= arrived.items()


def test_the_notes_name_what_is_left_to_do() -> None:
    """The Secrets that must exist, how to look at it, and the address that is not set."""
    notes = _rendered(MINIMAL)["notes"]

    assert "image-factory, key database-url: IMAGE_FACTORY_DATABASE_URL" in notes
    assert "kubectl --namespace platform port-forward service/image-factory 8080:80" in notes
    assert "IMAGE_FACTORY_PUBLIC_URL is not set" in notes


def test_the_full_values_are_all_values() -> None:
    """Each key of values.yaml is changed by them, so each template is rendered with it."""
    defaults = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))

    assert FULL.keys() == defaults.keys()
