"""GitHub's Packages API with unusual answers and refusals."""

import pytest

from catalog.reference import ImageReference
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused
from tests.contracts.version_world import NOWHERE, open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.exchange import Answer, Headers, Request, json_answer
from tests.proxy.clocks import Clock
from tests.proxy.scripted import Script, ScriptedHost

APP = "ghcr.io/acme/app"
VERSIONS = "/orgs/acme/packages/container/app/versions?page=1&per_page=100"


def github(status: int, document: object, headers: Headers = ()) -> Script:
    """An organization whose packages get this answer."""

    def answer(request: Request) -> Answer:
        if request.path == "/users/acme":
            return json_answer(200, {"type": "Organization"})
        return json_answer(status, document, *headers)

    return answer


def test_a_list_that_does_not_end_is_garbage() -> None:
    """A page that links to itself is requested once."""
    link = (("Link", f'<{VERSIONS}>; rel="next"'),)
    with ScriptedHost(github(200, [], link)) as host, open_world(Clock(), github=host.url) as world:
        with pytest.raises(Garbage, match="does not end"):
            world.page(APP)
        assert host.asked == ["GET /users/acme", f"GET {VERSIONS}"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451, 500, 503])
def test_a_failure_leads_to_the_registry(status: int) -> None:
    """The registry's list is used if it may be read; otherwise GitHub's failure is raised.

    GitHub answers 404 to a token that may not read packages, and for the packages of owners that it does not show.
    """
    registry = FakeRegistry()
    registry.put(f"{APP}:1.0.0", digest_of("1"))
    with (
        ScriptedHost(github(status, {"message": "no"})) as host,
        open_world(Clock(), github=host.url, registry=registry) as world,
    ):
        assert world.tags(APP) == ["1.0.0"]
        registry.go_down(Refused("the registry wants credentials"))
        with pytest.raises(OutsideFailure) as raised:
            world.page("ghcr.io/acme/other")
        assert "the registry wants credentials" not in str(raised.value)


@pytest.mark.parametrize("document", [{}, "x", ["x"], None, [{"metadata": 1}, 7]])
def test_an_odd_answer_leads_to_the_registry(document: object) -> None:
    """What cannot be read is no list."""
    registry = FakeRegistry()
    registry.put(f"{APP}:1.0.0", digest_of("1"))
    with (
        ScriptedHost(github(200, document)) as host,
        open_world(Clock(), github=host.url, registry=registry) as world,
    ):
        page = world.page(APP)
        assert ([version.tag for version in page.items], page.order) == (["1.0.0"], "version")


def test_a_package_that_neither_knows_does_not_exist() -> None:
    """GitHub's answer says what to check."""
    with (
        ScriptedHost(github(404, {"message": "Package not found."})) as host,
        open_world(Clock(), github=host.url, registry=FakeRegistry()) as world,
        pytest.raises(NotFound, match="acme has no such package"),
    ):
        world.page(APP)


@pytest.mark.parametrize("document", [{}, "x", ["x"]])
def test_an_odd_answer_is_garbage(document: object) -> None:
    """An answer of another shape is not used."""
    with ScriptedHost(github(200, document)) as host, open_world(Clock(), github=host.url) as world:
        with pytest.raises(Garbage, match=APP):
            world.page(APP)
        ours = "https://factory.example/tags"
        assert world.versions.tags(ImageReference.parse(APP), [], ours).document == document


def test_a_reference_without_a_package_is_not_found() -> None:
    """No request with an empty name is sent to GitHub."""
    with open_world(Clock(), github=NOWHERE, registry=FakeRegistry()) as world, pytest.raises(OutsideFailure):
        world.page("ghcr.io/acme")
