"""Tests of /api/v1/images/NAME/versions."""

import json
import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog.addresses import PUBLIC_SITES
from catalog.image import Image, OriginDocument, UpdateDocument
from provider.api.answers.own_digests import OwnDigests
from provider.api.schemas.versions import VersionSchema
from provider.api.versions import version_document
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from proxy.version_types import Kind, PlatformImage, Version, Vulnerabilities
from proxy.versions import lists
from tests.contracts.version_world import World, open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.exchange import Answer, Request, json_answer
from tests.provider.api.version_web import client_of
from tests.provider.web_images import base, digest, managed
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost
from tests.proxy.versions.settling import settle

HOST = "registry.example.com"
APP = f"{HOST}/acme/app"
PATH = "/api/v1/images/app/versions"


@pytest.fixture
def registry() -> FakeRegistry:
    """A registry with thirty semantic versions and one other tag."""
    registry = FakeRegistry()
    for number in range(30):
        registry.put(f"{APP}:1.{number}.0", digest_of(str(number)), platforms=["linux/amd64"], size=500)
    registry.put(f"{APP}:latest", digest_of("29"), platforms=["linux/amd64"], size=500)
    registry.put(f"{HOST}/library/base:22", digest_of("base"))
    return registry


@pytest.fixture
def world(registry: FakeRegistry) -> Iterator[World]:
    """Versions from that registry."""
    with open_world(Clock(), registry=registry) as world:
        yield world


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A client; a managed and a base image are tracked."""
    return client_of(world, [managed("app", registry=HOST, repository="acme/app"), base("base", registry=HOST)])


def test_a_page_has_the_promised_fields(client: FlaskClient) -> None:
    """It has exactly the promised keys, in camelCase, with times in UTC."""
    answer = client.get(f"{PATH}?pageSize=2")
    page = answer.get_json()

    assert answer.status_code == 200
    assert {key: page[key] for key in page if key not in ("items", "next")} == {
        "total": 31,
        "page": 1,
        "pageSize": 2,
        "stale": False,
        "fetchedAt": "2026-11-22T12:00:00Z",
        "order": "version",
        "complete": True,
        "unread": 0,
        "problem": None,
        "reading": False,
    }
    assert page["items"][0] == {
        "tag": "1.29.0",
        "digest": digest_of("29"),
        "size": None,
        "publishedAt": None,
        "platforms": [
            {
                "os": "linux",
                "architecture": "amd64",
                "variant": None,
                "digest": digest_of(f"{digest_of('29')} linux/amd64"),
                "size": None,
                "osVersion": None,
            }
        ],
        "reference": f"{APP}:1.29.0@{digest_of('29')}",
        "url": f"https://{HOST}/acme/app",
        "aliases": [],
        "builtAt": None,
        "kind": "image",
        "signed": None,
        "sbom": None,
        "provenance": None,
        "revision": None,
        "source": None,
        "version": None,
        "sourceUrl": None,
        "revisionUrl": None,
        "problem": None,
        "vulnerabilities": None,
        "expiresAt": None,
        "activity": None,
        "enrolled": False,
        "current": False,
        "firstSeen": None,
        "builtFrom": [],
        "pending": False,
    }
    assert json.loads(answer.headers["X-Pagination"])["total_pages"] == 16


def shown_by(image: Image, *versions: Version, others: Iterable[Image] = ()) -> list[dict[str, Any]]:
    """The documents of versions of an image."""
    own = OwnDigests(image, {other.name: other for other in others}.get)
    return [VersionSchema().dump(version_document(version, image, own, PUBLIC_SITES)) for version in versions]


def test_versions_say_which_one_the_image_is() -> None:
    """The tag whose digest is checked, and each tag of the current digest; an unknown digest is current nowhere."""
    of = partial(Version, size=None, published_at=None, platforms=(), reference="", url=None, aliases=())
    image = managed("app", tag="stable", digest=digest("a"))
    versions = [of("stable", digest("b")), of("1.2", digest("a")), of("1.1", digest("c")), of("old", None)]
    shown = shown_by(image, *versions)
    (unread,) = shown_by(managed("new", tag="stable", digest=None), of("stable", None))

    assert [each["enrolled"] for each in shown] == [True, False, False, False]
    assert [each["current"] for each in shown] == [False, True, False, False]
    assert (unread["enrolled"], unread["current"]) == (True, False)


def test_what_the_registry_shows_of_a_version_is_in_the_answer() -> None:
    """Each attribute has its field, in camelCase; times are in UTC, and vulnerabilities are counts by severity."""
    version = Version(
        "1.2",
        digest=None,
        size=None,
        published_at=None,
        platforms=(PlatformImage("windows", "amd64", None, None, None, "10.0.26100.2314"),),
        reference="",
        url=None,
        aliases=(),
        built_at=NOW,
        kind="chart",
        signed=True,
        sbom=False,
        revision="4f2a",
        source="https://git.example/app",
        version="1.2.0",
        problem="the registry answered 401",
        vulnerabilities=Vulnerabilities(critical=1, low=4),
        expires_at=NOW,
        activity="inactive",
    )
    (shown,) = shown_by(managed("app"), version)

    assert shown["platforms"] == [
        {"os": "windows", "architecture": "amd64", "variant": None, "digest": None, "size": None}
        | {"osVersion": "10.0.26100.2314"}
    ]
    assert (shown["builtAt"], shown["expiresAt"]) == ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z")
    assert (shown["kind"], shown["signed"], shown["sbom"], shown["provenance"]) == ("chart", True, False, None)
    assert (shown["revision"], shown["source"], shown["version"]) == ("4f2a", "https://git.example/app", "1.2.0")
    assert shown["activity"] == "inactive"
    assert shown["problem"] == "the registry answered 401"
    assert shown["vulnerabilities"] == {
        "critical": 1,
        "high": 0,
        "medium": 0,
        "low": 4,
        "unrated": 0,
        "applicable": True,
    }


def test_base_images_have_versions_too(client: FlaskClient) -> None:
    """Versions are available for every tracked image."""
    assert [item["tag"] for item in client.get("/api/v1/images/base/versions").get_json()["items"]] == ["22"]


@pytest.mark.parametrize(
    ("query", "total"),
    [("semver=true", 30), ("semver=false", 1), ("q=1.2", 11), ("q=1.2&semver=false", 0), ("page=900", 31), ("q=", 31)],
)
def test_the_total_counts_after_filtering(client: FlaskClient, query: str, total: int) -> None:
    """The total is the number of matching versions on all pages."""
    assert client.get(f"{PATH}?{query}").get_json()["total"] == total


def test_next_leads_through_all_pages(client: FlaskClient) -> None:
    """Following `next` returns every version once and keeps the filters."""
    found, address = [], f"{PATH}?pageSize=7&semver=true"
    while address:
        page = client.get(address).get_json()
        found += [item["tag"] for item in page["items"]]
        address = page["next"]
    assert found == [f"1.{number}.0" for number in range(29, -1, -1)]


@pytest.mark.parametrize(
    "query",
    ["semver=yes", "semver=1", "refresh=maybe", "page=0", "pageSize=101", "cursor=x", f"q={'x' * 129}", "semver="],
)
def test_an_invalid_query_parameter_is_named(client: FlaskClient, query: str) -> None:
    """The response is 422 and names the parameter."""
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.get_json()["errors"]["query"]


def test_a_cursor_belongs_to_its_page_size(client: FlaskClient) -> None:
    """With another page size, the page would start at another version."""
    address = client.get(f"{PATH}?pageSize=7").get_json()["next"]
    assert client.get(address.replace("pageSize=7", "pageSize=8")).status_code == 422


def test_an_unknown_image_is_not_found(client: FlaskClient, registry: FakeRegistry) -> None:
    """The response is 404, and no registry is called."""
    assert client.get("/api/v1/images/none/versions").status_code == 404
    assert registry.calls == []


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (NotFound("there is no such repository"), 404, None),
        (Refused("its credentials are not enough"), 502, None),
        (Garbage("that is no list"), 502, None),
        (AddressRefused("that is not a public address"), 502, None),
        (Unavailable("it refused the connection"), 503, None),
        (Unavailable("its limit is used up", NOW + timedelta(seconds=90.2)), 503, "91"),
    ],
)
def test_upstream_failures_have_their_statuses(
    client: FlaskClient, registry: FakeRegistry, error: OutsideFailure, status: int, retry_after: str | None
) -> None:
    """The error has the usual format, the message of the upstream, and Retry-After if the time is known."""
    registry.go_down(error)
    answer = client.get(PATH)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert (answer.get_json()["code"], answer.get_json()["message"]) == (status, str(error))


def test_a_stale_list_is_marked(client: FlaskClient, registry: FakeRegistry, world: World) -> None:
    """It has the time at which it was read."""
    client.get(f"{PATH}?page=1")
    registry.go_down(Unavailable("it refused the connection"))
    world.clock.at += timedelta(minutes=6)

    page = client.get(f"{PATH}?page=1&q=").get_json()

    assert (page["stale"], page["fetchedAt"], page["total"]) == (True, "2026-11-22T12:00:00Z", 31)
    assert page["items"][0]["digest"] == digest_of("29")


def test_the_last_list_is_there_while_a_newer_one_is_read(registry: FakeRegistry) -> None:
    """It is stale, with the time at which it was read; a moment later the newer one is there."""
    gate = threading.Event()
    with open_world(Clock(), registry=registry, patience=0.05) as world:
        client = client_of(world, [managed("app", registry=HOST, repository="acme/app")])
        settled(client, PATH)
        world.clock.at += timedelta(minutes=6)
        registry.put(f"{APP}:2.0.0", digest_of("2"))
        registry.on_call = lambda call: _hold(gate) if call.method == "tags" else None
        old = client.get(PATH).get_json()
        gate.set()
        new = settled(client, PATH)

    shown = ("total", "stale", "reading", "complete", "fetchedAt")
    assert [old[key] for key in shown] == [31, True, True, False, "2026-11-22T12:00:00Z"]
    assert [new[key] for key in shown] == [32, False, False, True, "2026-11-22T12:06:00Z"]


def test_a_first_list_that_takes_long_is_asked_for_again(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says how far the list was read, and when to ask again; many requests cause one read."""
    gate = threading.Event()
    registry.on_call = lambda call: _hold(gate) if call.method == "tags" else None
    with open_world(Clock(), registry=registry, patience=0) as world, world.upstreams.progress.reading(APP) as read:
        client = client_of(world, [managed("app", registry=HOST, repository="acme/app")])
        monkeypatch.setattr(lists, "LONGEST_WAIT", 0.05)
        read(12_300)
        answers = [client.get(address) for address in (PATH, f"{PATH}?q=1", f"{PATH}/1.0.0")]
        gate.set()
        monkeypatch.undo()
        assert settled(client, PATH)["total"] == 31

    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in answers} == {(503, "5")}
    said = f"{APP}: the list of tags is still being read, 12,300 tags so far; try again in a moment"
    assert {answer.get_json()["message"] for answer in answers} == {said}
    assert [call.method for call in registry.calls].count("tags") == 1


def settled(client: FlaskClient, path: str) -> Any:
    """The answer after everything was read that is asked for."""
    for _ in range(3):
        client.get(path)
        settle()
    return client.get(path).get_json()


def _hold(gate: threading.Event) -> None:
    assert gate.wait(30)


def test_refresh_reads_from_the_registry(client: FlaskClient, registry: FakeRegistry) -> None:
    """It does so even if the cached list is fresh."""
    assert client.get(PATH).get_json()["total"] == 31
    registry.put(f"{APP}:2.0.0", digest_of("2"))
    assert client.get(f"{PATH}?refresh=false").get_json()["total"] == 31
    assert client.get(f"{PATH}?refresh=true").get_json()["total"] == 32


def test_one_version_has_all_details(client: FlaskClient, registry: FakeRegistry) -> None:
    """The children of its index are read, and the list has their sizes afterwards."""
    assert client.get(f"{PATH}?pageSize=1").get_json()["items"][0]["size"] is None
    answer = client.get(f"{PATH}/1.29.0")

    version = answer.get_json()
    assert (answer.status_code, version["tag"], version["size"], version["pending"]) == (200, "1.29.0", 500, False)
    assert [platform["size"] for platform in version["platforms"]] == [500]
    assert (version["signed"], version["sbom"], version["provenance"]) == (False, False, False)
    assert version["aliases"] == []
    assert client.get(f"{PATH}?pageSize=1").get_json()["items"][0]["size"] == 500


def test_an_unknown_version_is_not_found(client: FlaskClient, registry: FakeRegistry) -> None:
    """The list is read again on request: a tag that was just pushed is there then."""
    assert client.get(f"{PATH}/9.9.9").status_code == 404
    assert "9.9.9" in client.get(f"{PATH}/9.9.9").get_json()["message"]
    registry.put(f"{APP}:9.9.9", digest_of("new"))
    assert client.get(f"{PATH}/9.9.9?refresh=true").get_json()["digest"] == digest_of("new")
    assert client.get("/api/v1/images/none/versions/1").status_code == 404
    assert client.get(f"{PATH}/1.2.0?refresh=maybe").status_code == 422
    assert client.get(f"{PATH}/1.2.0?page=1").status_code == 422


def test_a_version_says_why_it_cannot_be_read(client: FlaskClient, registry: FakeRegistry) -> None:
    """In the list and alone; the others are read."""
    registry.fail(f"{APP}:1.29.0", Refused(f"{APP}:1.29.0: its credentials are not enough"))
    first, second = client.get(f"{PATH}?pageSize=2").get_json()["items"]

    assert (first["problem"], first["digest"], second["problem"]) == ("its credentials are not enough", None, None)
    assert client.get(f"{PATH}/1.29.0").get_json()["problem"] == "its credentials are not enough"


def test_an_upstream_failure_of_one_version_has_its_status(client: FlaskClient, registry: FakeRegistry) -> None:
    """As that of the list."""
    registry.go_down(Unavailable("it refused the connection"))
    assert client.get(f"{PATH}/1.29.0").status_code == 503


@pytest.mark.parametrize("kind", ["chart", "cache", "artifact"])
def test_versions_of_one_kind(client: FlaskClient, registry: FakeRegistry, kind: Kind) -> None:
    """The others are read once to learn their kind, and the total counts those of the kind."""
    registry.put(f"{APP}:chart-1", digest_of("c"), kind=kind)
    page = client.get(f"{PATH}?kind={kind}&pageSize=7").get_json()

    assert ([item["tag"] for item in page["items"]], page["total"]) == (["chart-1"], 1)
    assert (page["complete"], page["unread"]) == (True, 0)
    assert client.get(f"{PATH}?kind=image").get_json()["total"] == 31
    calls = len(registry.calls)
    assert client.get(f"{PATH}?kind={kind}&semver=true").get_json()["total"] == 0
    assert len(registry.calls) == calls


def test_tags_of_unknown_kind_are_counted(client: FlaskClient, registry: FakeRegistry) -> None:
    """What cannot be read has none."""
    registry.fail(f"{APP}:1.29.0", Garbage("nonsense"))
    page = client.get(f"{PATH}?kind=image").get_json()
    assert (page["total"], page["unread"]) == (30, 1)


def test_a_kind_that_does_not_exist_is_refused(client: FlaskClient) -> None:
    """The kinds are named."""
    assert "chart" in str(client.get(f"{PATH}?kind=helm").get_json()["errors"])


def test_a_version_shows_what_is_ours(registry: FakeRegistry, world: World) -> None:
    """Since when its digest is known, what it was built from, and links to its source."""
    labels = {"org.opencontainers.image.source": "https://github.com/acme/app"}
    labels["org.opencontainers.image.revision"] = "4f2a0c1"
    registry.put(f"{APP}:3.0.0", digest_of("ours"), labels=labels)
    seen = UpdateDocument(digest_of("ours"), None, NOW, None, "check", repoint=False, platforms=())
    image = managed(
        "app",
        registry=HOST,
        repository="acme/app",
        digest=digest_of("ours"),
        updates=(seen,),
        origins=(OriginDocument(digest_of("ours"), (digest_of("base"),)),),
    )
    client = client_of(world, [image])
    version = client.get(f"{PATH}?pageSize=1").get_json()["items"][0]

    assert (version["current"], version["firstSeen"]) == (True, "2026-11-22T12:00:00Z")
    assert version["builtFrom"] == [{"digest": digest_of("base"), "name": None, "reference": None}]
    assert version["sourceUrl"] == "https://github.com/acme/app"
    assert version["revisionUrl"] == "https://github.com/acme/app/commit/4f2a0c1"
    assert client.get(f"{PATH}/3.0.0").get_json()["builtFrom"] == version["builtFrom"]


@pytest.mark.parametrize("where", ["revision", "source", "version"])
def test_a_label_that_is_a_credential_is_not_shown(world: World, registry: FakeRegistry, where: str) -> None:
    """If a registry returns the credential of the service as a label, the response is 502 and does not contain it."""
    secret = "robot-password-1"
    registry.put(f"{APP}:9.0.0", digest_of("x"), labels={f"org.opencontainers.image.{where}": secret})
    client = client_of(world, [managed("app", registry=HOST, repository="acme/app")], Redactor([Secret(secret)]))

    for address in (f"{PATH}?pageSize=1", f"{PATH}/9.0.0"):
        answer = client.get(address)
        assert answer.status_code == 502
        assert secret not in answer.text


def test_a_tag_named_after_a_credential_is_not_shown(world: World, registry: FakeRegistry) -> None:
    """If a registry returns the credential of the service as a tag, the response is 502 and does not contain it."""
    secret = "robot-password-1"
    registry.put(f"{APP}:{secret}", digest_of("x"))
    client = client_of(world, [managed("app", registry=HOST, repository="acme/app")], Redactor([Secret(secret)]))

    answer = client.get(f"{PATH}?semver=false")

    assert answer.status_code == 502
    assert secret not in answer.text


def test_the_document_describes_it(client: FlaskClient) -> None:
    """It has the parameters, the fields and the statuses of upstream failures."""
    document = client.get("/api/openapi.json").get_json()
    described = document["paths"]["/api/v1/images/{name}/versions"]["get"]
    assert {one["name"] for one in described["parameters"]} >= {"q", "semver", "refresh", "page", "pageSize"}
    assert set(described["responses"]) >= {"200", "401", "404", "422", "502", "503"}
    assert {"tag", "publishedAt", "aliases"} <= set(document["components"]["schemas"]["Version"]["properties"])


def test_a_list_that_broke_off_says_so() -> None:
    """What is known is shown, with the reason; a reason with a credential is not."""
    secret, words = "hunter2-do-not-print", ["the disk is full"]

    def play(request: Request) -> Answer:
        if "last" in request.query:
            return Answer(500, words[0].encode())
        if "/tags/" in request.path:
            return json_answer(200, {"tags": ["1.0.0", "1.1.0"]}, ("Link", "<?last=1.1.0>; rel=next"))
        return Answer(404)

    with ScriptedHost(play) as host, open_world(Clock(), mirrors={HOST: host.url}) as world:
        images = [managed("app", registry=HOST, repository="acme/app")]
        client = client_of(world, images, Redactor([Secret(secret)]))
        page = client.get(PATH).get_json()
        assert [item["tag"] for item in page["items"]] == ["1.1.0", "1.0.0"]
        assert page["total"] == 2
        assert "answered 500" in page["problem"]
        assert "the disk is full" in page["problem"]

    words[0] = f"unknown user {secret}"
    with ScriptedHost(play) as host, open_world(Clock(), mirrors={HOST: host.url}) as world:
        refused = client_of(world, images, Redactor([Secret(secret)])).get(PATH)
        assert refused.status_code == 502
        assert secret not in refused.get_data(as_text=True)
