"""Versions of registries whose products have other APIs: Quay, Harbor, GitLab, Gitea and Forgejo."""

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.errors import NotFound, OutsideFailure, Unavailable
from proxy.versions.table import PRODUCTS as KINDS
from tests.contracts.product_subjects import PRODUCTS, REPOSITORY, Product, ProductHost, Pushed, api_requests
from tests.contracts.version_world import World, open_world
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.token_server import DEFAULT_LOGIN
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost
from tests.proxy.versions.settling import settle

# Pushed in another order than that of their versions: 1.0.1 is the newest.
PUSHED = [Pushed(tag, NOW - timedelta(days=days)) for days, tag in enumerate(["1.0.1", "2.0.0", "latest", "1.0.0"])]
BY_DATE, BY_VERSION = ["1.0.1", "2.0.0", "latest", "1.0.0"], ["2.0.0", "1.0.1", "1.0.0", "latest"]
FAILURES = [
    json_answer(401, {"message": "Unauthorized"}),
    json_answer(403, {"errors": [{"code": "FORBIDDEN"}]}),
    json_answer(404, {"status": 404}),
    json_answer(418, {}),
    json_answer(429, {}, ("Retry-After", "30")),
    json_answer(500, {}),
    json_answer(503, {}),
    Answer(200, b"<html>sign in"),
    Answer(200, b"[" * 100_000),
    Answer(302, b"", (("Location", "https://login.example.com/"),)),
    json_answer(200, {"errors": [{"message": "Field 'publishedAt' doesn't exist"}]}),
    json_answer(200, [1, None]),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(params=PRODUCTS, ids=lambda product: product.name)
def product(request: pytest.FixtureRequest) -> Product:
    """Each product in turn."""
    assert isinstance(request.param, Product)
    return request.param


@contextlib.contextmanager
def opened(subject: ProductHost, *, signed_in: bool = True) -> Iterator[tuple[ScriptedHost, World, str]]:
    """The host, the versions that are read from it, and the name of the image."""
    with (
        ScriptedHost(subject) as host,
        open_world(Clock(), gitlab=host.url, hosts=[host.host] if signed_in else [], signed_in=signed_in) as world,
    ):
        yield host, world, f"{host.host}/{REPOSITORY}"


def test_every_product_is_under_the_contract() -> None:
    """One subject for each line of the table."""
    assert len(PRODUCTS) == len(KINDS)
    for product in PRODUCTS:
        assert sum(product.name in kind.__name__.lower() for kind in KINDS) == 1  # type: ignore[attr-defined]  # classes


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_newest_push_comes_first(product: Product, signed_in: bool) -> None:
    """The API's times are shown, by its list alone; the registry's own list is not read."""
    with opened(ProductHost(product, PUSHED), signed_in=signed_in) as (host, world, image):
        page = world.page(image)

        assert ([version.tag for version in page.items], page.order, page.total) == (BY_DATE, "published", 4)
        assert [version.published_at for version in page.items] == [each.at for each in PUSHED]
        assert [version.digest for version in page.items] == [each.digest for each in PUSHED]
        assert not any("/tags/list" in asked for asked in host.asked)
        by_tag = [asked for asked in host.asked if "/manifests/" in asked and "/manifests/sha256:" not in asked]
        assert bool(by_tag) is not product.digests


def test_a_product_is_recognised_once_a_day(product: Product) -> None:
    """By one request without credentials for all repositories of a host."""
    with opened(ProductHost(product, PUSHED)) as (host, world, image):
        for _ in range(3):
            world.page(image)
            world.clock.sleep(600)
        assert host.asked.count("GET /v2/") == 1
        world.clock.sleep(24 * 3600)
        world.page(image)
        assert host.asked.count("GET /v2/") == 2
        assert not any(request.authorization for request in host.requests if request.path == "/v2/")


@pytest.mark.parametrize("count", [100, 101, 250])
def test_all_pages_are_read(product: Product, count: int) -> None:
    """Each once."""
    pushed = [Pushed(f"1.{number}.0", NOW - timedelta(minutes=number)) for number in range(count)]
    with opened(ProductHost(product, pushed)) as (host, world, image):
        page = world.page(image, page=-(-count // 20))
        assert page.total == count
        assert page.items[-1].tag == f"1.{count - 1}.0"
        targets = [request.target for request in api_requests(host)]
        assert len(targets) == len(set(targets))


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_api_leads_to_the_registry(product: Product, failure: Answer) -> None:
    """Names and digests are listed by version, and nothing is said about the API."""
    with opened(ProductHost(product, PUSHED, lambda _: failure)) as (_, world, image):
        page = world.page(image)

    assert ([version.tag for version in page.items], page.order, page.stale) == (BY_VERSION, "version", False)
    assert all(version.digest for version in page.items)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_second_page_leads_to_the_registry(product: Product, failure: Answer) -> None:
    """A part of a list is not shown as all of it."""
    pushed = [Pushed(f"1.{number}.0", NOW + timedelta(minutes=number)) for number in range(150)][::-1]
    seen: list[str] = []

    def api(request: Request) -> Answer | None:
        seen.append(request.target)
        is_query_of_project = "p0" in request.query.get("variables", "")
        pages = len([target for target in seen if "p0" not in target])
        return failure if pages > 1 and not is_query_of_project else None

    with opened(ProductHost(product, pushed, api)) as (_, world, image):
        page = world.page(image)

    assert (page.total, page.order, page.items[0].tag) == (150, "version", "1.149.0")


def test_a_slow_api_does_not_hold_up_the_first_page(product: Product) -> None:
    """The registry's own list is shown at once, and the next view has the times."""
    end = threading.Event()

    def slow(_: Request) -> None:
        end.wait(60)

    with (
        ScriptedHost(ProductHost(product, PUSHED, slow)) as host,
        open_world(Clock(), gitlab=host.url, hosts=[host.host], patience=0) as world,
    ):
        first = world.page(f"{host.host}/{REPOSITORY}")
        assert ([version.tag for version in first.items], first.complete) == (BY_VERSION, False)
        end.set()
        settle()
        world.page(f"{host.host}/{REPOSITORY}")
        settle()
        assert world.tags(f"{host.host}/{REPOSITORY}") == BY_DATE


def test_a_refusal_is_remembered(product: Product) -> None:
    """An API that refuses is asked again after an hour, not at each view."""
    with opened(ProductHost(product, PUSHED, lambda _: json_answer(403, {}))) as (host, world, image):
        world.page(image)
        asked = len(api_requests(host))
        for _ in range(3):
            world.clock.sleep(360)
            world.page(image)
        assert len(api_requests(host)) == asked
        world.clock.sleep(3600)
        world.page(image)
        assert len(api_requests(host)) > asked


def test_known_dates_stay_while_the_api_is_down(product: Product) -> None:
    """A short outage does not take the dates away; they are marked stale."""
    subject = ProductHost(product, PUSHED)
    with opened(subject) as (_, world, image):
        world.page(image)
        subject.api = lambda _: json_answer(503, {}, ("Retry-After", "1"))
        world.clock.sleep(600)
        page = world.page(image)
        assert ([version.tag for version in page.items], page.stale) == (BY_DATE, True)


def test_a_repository_that_does_not_exist_is_not_found(product: Product) -> None:
    """The registry's own answer says so."""
    with (
        opened(ProductHost(product, PUSHED, lambda _: json_answer(404, {}))) as (host, world, _),
        pytest.raises(NotFound),
    ):
        world.page(f"{host.host}/team/other")


def test_credentials_stay_where_they_belong(product: Product) -> None:
    """Only an API at the registry's own host gets the registry's login, and only if it can use it."""
    with opened(ProductHost(product, PUSHED)) as (host, world, image):
        world.page(image)
        logins = {request.basic_login for request in api_requests(host)}
        sent = {(login.user, login.password) for login in logins if login}
        assert sent == ({(DEFAULT_LOGIN.user, DEFAULT_LOGIN.password)} if product.signed_in else set())


def test_an_api_that_refuses_a_login_is_asked_without(product: Product) -> None:
    """A robot account may lack the permission for the API of a public project."""

    def api(request: Request) -> Answer | None:
        return json_answer(403, {}) if request.basic_login else None

    with opened(ProductHost(product, PUSHED, api)) as (_, world, image):
        assert world.tags(image) == BY_DATE


def test_the_raw_list_has_the_registry_s_own_form(product: Product) -> None:
    """The proxy of registries passes on the distribution specification's list for these products."""
    with opened(ProductHost(product, PUSHED)) as (_, world, image):
        assert world.raw(image, ("n", "2")).document == {"name": REPOSITORY, "tags": ["1.0.0", "1.0.1"]}


@pytest.mark.parametrize(
    "challenge", ["", 'Basic realm="Nexus"', 'Bearer realm="https://x/token"', "Bearer", "\\x00,,=="]
)
def test_any_other_registry_is_read_by_its_own_list(challenge: str) -> None:
    """Nexus, Artifactory and distribution have no such API."""
    plain = Product("plain", lambda _: challenge, lambda *_: json_answer(500, {}), digests=False, signed_in=False)
    with opened(ProductHost(plain, PUSHED)) as (host, world, image):
        assert world.tags(image) == BY_VERSION
        assert not api_requests(host)


def test_a_registry_that_is_down_is_unavailable() -> None:
    """The question which product it is changes nothing about the error."""
    with open_world(Clock()) as world, pytest.raises(Unavailable):
        world.page(f"127.0.0.1:9/{REPOSITORY}")


@pytest.mark.parametrize("wrapped", ["{}", '{"tags": %s}', '{"data": {"containerRepository": {"tags": %s}}}', "[%s]"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=JSON)
def test_any_json_gives_rows_or_the_registry_s_list(product: Product, wrapped: str, document: object) -> None:
    """Never an exception that nobody expects."""
    body = (wrapped % json.dumps(document) if "%s" in wrapped else json.dumps(document)).encode()
    with (
        opened(ProductHost(product, PUSHED, lambda _: Answer(200, body))) as (_, world, image),
        contextlib.suppress(OutsideFailure),
    ):
        world.page(image)
