"""A client that a generator makes from the OpenAPI document runs against the served API, without a change."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.process import LOOPBACK, reserved_port, running

ROOT = Path(__file__).parents[2]
PACKAGE = "image_factory_client"
NAME = "vendor/tool"
_HTTP = urllib3.PoolManager(retries=False, timeout=10)


@pytest.fixture(scope="module")
def github() -> Iterator[GitHub]:
    """A GitHub with one release of the vendor."""
    with GitHub() as running_peer:
        running_peer.add_repository(NAME, {"README.md": "# Tool\n"})
        running_peer.add_release(NAME, "v1.0.0", body="The first one")
        yield running_peer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the data of the service and the client."""
    return tmp_path_factory.mktemp("generated_client")


@pytest.fixture(scope="module")
def address(github: GitHub, folder: Path) -> Iterator[str]:
    """The address of the service, which runs as a process of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IMAGE_FACTORY_")}
    settings = {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder}/data/image-factory.db",
        "IMAGE_FACTORY_GITHUB_API_URL": github.url,
        "IMAGE_FACTORY_GITHUB_TOKEN": TOKEN,
        "PYTHONPATH": str(ROOT),
    }
    with reserved_port() as port:
        url = f"http://{LOOPBACK}:{port}"
        with running(
            ["/usr/bin/env", f"--chdir={folder}", sys.executable, "-m", "provider", "serve", "--port", str(port)],
            log=folder / "service.log",
            ready=lambda: _answers(f"{url}/healthz"),
            environment=inherited | settings,
        ):
            yield url


@pytest.fixture(scope="module")
def client(address: str, folder: Path) -> Iterator[Any]:
    """A client of the service, made by openapi-python-client from the document of this version."""
    document = folder / "openapi.json"
    subprocess.run([sys.executable, "-m", "provider", "openapi", "--output", str(document)], check=True, cwd=ROOT)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document), "--meta", "none"),
            *("--output-path", str(folder / PACKAGE), "--fail-on-warning"),
        ],
        # It formats what it makes with the ruff that it finds.
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stdout + done.stderr
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder)
        made = importlib.import_module(f"{PACKAGE}.client")
        with made.Client(base_url=address, raise_on_unexpected_status=True) as client:
            yield client
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_tracker_a_generated_client_adds_reads_changes_and_deletes(client: Any, github: GitHub) -> None:
    """Each answer has the type that the document says; what needs no body is sent without one."""
    models = _module("models")
    request = models.RepositoryRequest(url=f"{github.url}/{NAME}", type_=models.RepositoryRequestTypeType0("github"))
    added = _call("repositories.post_api_v1_repositories", client, body=request, status=HTTPStatus.CREATED)
    assert isinstance(added, models.Repository)
    assert (added.latest_release.version, added.source, added.state.value) == ("v1.0.0", None, "ok")
    again = _call("repositories.post_api_v1_repositories", client, body=request, status=HTTPStatus.CONFLICT)
    assert (again.errors.existing.id, again.errors.existing.link) == (1, "/api/v1/repositories/1")

    listed = _call("repositories.get_api_v1_repositories", client, status=HTTPStatus.OK)
    assert [(one.id, one.latest_release.version) for one in listed.items] == [(added.id, "v1.0.0")]
    one = _call("repositories.get_api_v1_repositories_repository", client, added.id, status=HTTPStatus.OK)
    assert one.to_dict() == added.to_dict()

    change = models.RepositoryChange(url=one.url, version=one.version, notes="ours", labels=["cli"])
    changed = _call(
        "repositories.put_api_v1_repositories_repository", client, one.id, body=change, status=HTTPStatus.OK
    )
    assert (changed.notes, changed.labels, changed.version) == ("ours", ["cli"], one.version + 1)

    github.add_release(NAME, "v1.1.0-rc1", prerelease=True)
    polled = _call("repositories.post_api_v1_repositories_repository_poll", client, one.id, status=HTTPStatus.OK)
    assert polled.repository.latest_release.version == "v1.0.0"

    _change_releases(client, one.id)
    gone = _call("repositories.delete_api_v1_repositories_repository", client, one.id, status=HTTPStatus.NO_CONTENT)
    assert gone is None
    missing = _call("repositories.get_api_v1_repositories_repository", client, one.id, status=HTTPStatus.NOT_FOUND)
    assert isinstance(missing, models.Problem)


def test_a_generated_client_reads_messages_of_fields(client: Any) -> None:
    """An answer that refuses a request is a type of the document, also where messages are inside others."""
    models = _module("models")
    wrong = models.RepositoryRequest(url="ftp://nowhere", labels=["x" * 500], include="(")
    refused = _call("repositories.post_api_v1_repositories", client, body=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    assert isinstance(refused, models.Problem)
    messages = refused.errors.additional_properties["json"].additional_properties
    assert "is not a label" in messages["labels"][0]
    assert "RE2" in messages["include"][0]
    answer = client.get_httpx_client().post("/api/v1/repositories", json={"url": NAME, "labels": ["cli", 7]})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    inside = models.Problem.from_dict(answer.json()).errors.additional_properties["json"]
    assert isinstance(inside.additional_properties["labels"], models.FieldMessages)


def _change_releases(client: Any, repository: int) -> None:
    models = _module("models")
    body = models.ReleaseRequest(version="v0.9.0", notes="before the tracker")
    path = "releases.post_api_v1_repositories_repository_releases"
    made = _call(path, client, repository, body=body, status=HTTPStatus.CREATED)
    page = _call("releases.get_api_v1_repositories_repository_releases", client, repository, status=HTTPStatus.OK)
    assert [each.version for each in page.items] == ["v1.1.0-rc1", "v1.0.0", "v0.9.0"]
    assert (page.items[0].prerelease, page.items[0].variants, made.by_hand) == (True, [], True)
    path = "releases.delete_api_v1_repositories_repository_releases_release"
    assert _call(path, client, repository, made.id, status=HTTPStatus.NO_CONTENT) is None


def _call(path: str, client: Any, *ids: int, status: HTTPStatus, **given: Any) -> Any:
    """Call the operation of that module, and return what the client makes of the answer."""
    response = _module(f"api.{path}").sync_detailed(*ids, client=client, **given)
    assert response.status_code == status, response.content
    return response.parsed


def _module(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


def _answers(url: str) -> bool:
    try:
        return _HTTP.request("GET", url).status == HTTPStatus.OK
    except urllib3.exceptions.HTTPError:
        return False
