"""Proxies in front and limits of what is public, in the web part as a process composes it from settings."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings

URL = "https://factory.example.com"
PROXY, OTHER = "10.0.0.7", "198.51.100.1"
SECRET = "a-secret-of-the-proxy"
PEOPLE = {
    "IMAGE_FACTORY_PROXY_USER_HEADER": "X-Forwarded-User",
    "IMAGE_FACTORY_PROXY_GROUPS_HEADER": "X-Forwarded-Groups",
    "IMAGE_FACTORY_GROUP_ROLES": "platform:admin,team-a:read",
    "IMAGE_FACTORY_GROUP_OWNERS": "*=group:default/*",
}
LISTED = {**PEOPLE, "IMAGE_FACTORY_TRUSTED_PROXIES": "10.0.0.0/24"}
SHARED = {**PEOPLE, "IMAGE_FACTORY_PROXY_SECRET": SECRET}
ZOE = {"X-Forwarded-User": "zoe", "X-Forwarded-Groups": "others, platform"}
KNOWS = {"X-Image-Factory-Proxy-Secret": SECRET}
HTML = {"Accept": "text/html"}
Made = Callable[[Mapping[str, str]], FlaskClient]


@pytest.fixture(name="made", scope="module")
def made_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Makes a client of the web part with these settings, once for each; all have one database."""
    folder, made = tmp_path_factory.mktemp("in-front"), dict[str, FlaskClient]()
    common = {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder}/index.db",
        "IMAGE_FACTORY_CONFIG_CHECKOUT": f"{folder}/config",
        "IMAGE_FACTORY_PUBLIC_URL": URL,
    }
    with ExitStack() as parts:

        def make(settings: Mapping[str, str]) -> FlaskClient:
            key = repr(sorted(settings.items()))
            if key not in made:
                opened = parts.enter_context(Parts.open(read_settings({**common, **settings})))
                made[key] = web_app(opened).test_client()
            return made[key]

        yield make


def ask(
    client: FlaskClient,
    headers: Mapping[str, str],
    path: str = "/api/v1/whoami",
    peer: str = PROXY,
    method: str = "GET",
) -> TestResponse:
    """A request that connects from an address."""
    return client.open(path, method=method, headers=dict(headers), base_url=URL, environ_base={"REMOTE_ADDR": peer})


def test_a_listed_proxy_says_who_somebody_is(made: Made) -> None:
    """With the role and the owners of the groups; the page shows who it is, and no button to sign out here."""
    client = made(LISTED)
    who = ask(client, ZOE).get_json()
    assert (who["caller"], who["kind"], who["role"]) == ("proxy:zoe", "session", "admin")
    assert who["owners"] == ["group:default/others", "group:default/platform"]
    page = ask(client, ZOE | HTML, "/images").text
    assert "proxy:zoe · admin access" in page
    assert "Sign out" not in page
    assert ask(client, ZOE | HTML, "/login?next=/images").headers["Location"] == "/images"


@pytest.mark.parametrize(
    ("settings", "headers", "peer", "status"),
    [
        (LISTED, ZOE, OTHER, 401),
        (LISTED, ZOE | {"X-Forwarded-For": PROXY}, OTHER, 401),
        (SHARED, ZOE | KNOWS, OTHER, 200),
        (SHARED, ZOE, PROXY, 401),
        (SHARED, ZOE | {"X-Image-Factory-Proxy-Secret": SECRET[:-1]}, PROXY, 401),
        (LISTED | SHARED, ZOE | KNOWS, PROXY, 200),
        (LISTED | SHARED, ZOE | KNOWS, OTHER, 401),
        (LISTED | SHARED, ZOE, PROXY, 401),
        (LISTED, {}, PROXY, 401),
        (LISTED, ZOE | {"X-Forwarded-User": ""}, PROXY, 401),
        (LISTED, ZOE | {"X-Forwarded-User": "root,zoe"}, PROXY, 401),
        (LISTED, {"X-Forwarded-User": "zoe"}, PROXY, 403),
        (LISTED, {"X-Forwarded-User": "zoe", "X-Forwarded-Groups": "visitors"}, PROXY, 403),
        (LISTED, ZOE | {"Authorization": "Bearer wrong"}, PROXY, 401),
    ],
)
def test_only_the_proxy_is_believed(
    made: Made, settings: Mapping[str, str], headers: Mapping[str, str], peer: str, status: int
) -> None:
    """By its address, its secret, or both where both are set; a forwarded address is none that connects."""
    assert ask(made(settings), headers, peer=peer).status_code == status


def test_without_the_setting_the_header_is_nothing(made: Made) -> None:
    """As long as nobody asked for it."""
    client = made({"IMAGE_FACTORY_API_TOKENS": "ci:read:a-token-of-a-program", "IMAGE_FACTORY_TRUSTED_PROXIES": PROXY})
    assert ask(client, ZOE).status_code == 401


def test_a_person_without_a_role_reads_why(made: Made) -> None:
    """Not an invitation to sign in, which would lead nowhere."""
    answer = ask(made(LISTED), {"X-Forwarded-User": "max"} | HTML, "/images")
    assert answer.status_code == 403
    assert "signed in as max, but none of your groups has a role here" in answer.text


def test_a_page_elsewhere_changes_nothing_through_the_proxy(made: Made) -> None:
    """The proxy names the person for whatever page the browser comes from."""
    client, path = made(LISTED), "/api/v1/repositories/1"
    for page in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = ask(client, ZOE | page, path, method="DELETE")
        assert (answer.status_code, "own" in answer.text or "page" in answer.text) == (403, True)
    assert ask(client, ZOE | {"Origin": URL}, path, method="DELETE").status_code == 404


def test_no_other_service_takes_a_person_who_came_without_a_name(made: Made) -> None:
    """The sign-in page says so where only the proxy signs in."""
    page = ask(made(LISTED), HTML, "/login").text
    assert "The proxy in front of this service signs people in" in page
    assert 'type="password"' not in page


LIMITS = {
    "IMAGE_FACTORY_API_TOKENS": "ci:read:a-token-of-a-program",
    "IMAGE_FACTORY_RATE_LIMITS": "catalog=3,health=2,webhooks=2,sign-in=1",
    "IMAGE_FACTORY_CATALOG_PUBLIC": "true",
    "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET": "a-secret-of-github",
    "IMAGE_FACTORY_BACKSTAGE_URL": "http://127.0.0.1:9",
    "IMAGE_FACTORY_TRUSTED_PROXIES": PROXY,
}
PUBLIC = [
    ("GET", "/catalog/catalog-info.yaml", 3),
    ("GET", "/healthz", 2),
    ("POST", "/webhooks/github", 2),
    ("POST", "/login/backstage", 1),
]


@pytest.mark.parametrize(("method", "path", "number"), PUBLIC)
def test_what_is_public_is_limited_by_address(made: Made, method: str, path: str, number: int) -> None:
    """The next is 429 with the time to wait, in words; another client behind the same proxy is not affected."""
    client = made(LIMITS)
    first, second = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.113.10"}
    before = [ask(client, first, path, method=method).status_code for _ in range(number)]
    assert 429 not in before
    refused = ask(client, first, path, method=method)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert f"at most {number} a minute are taken here without a caller. Try again in" in refused.text
    assert ask(client, second, path, method=method).status_code == before[0]
    # A client cannot choose its address, only the proxy does.
    forged = {"X-Forwarded-For": "203.0.113.77"}
    direct = [ask(client, forged, path, OTHER, method).status_code for _ in range(number + 1)]
    assert direct[-1] == 429


def test_whoever_is_known_is_never_limited(made: Made) -> None:
    """Neither a program with its token nor, on pages, a person who is signed in."""
    client = made(
        LIMITS | {"IMAGE_FACTORY_PROXY_USER_HEADER": "X-Forwarded-User", "IMAGE_FACTORY_GROUP_ROLES": "*:read"}
    )
    token = {"X-Image-Factory-Token": "a-token-of-a-program"}
    for path in ("/catalog/catalog-info.yaml", "/healthz"):
        assert {ask(client, token, path).status_code for _ in range(9)} == {200}
    for path in ("/images", "/catalog/catalog-info.yaml"):
        assert {ask(client, ZOE | HTML, path).status_code for _ in range(9)} == {200}


def test_a_limit_of_zero_is_none(made: Made) -> None:
    """And a group that is not named keeps its own."""
    client = made(LIMITS | {"IMAGE_FACTORY_RATE_LIMITS": "health=0"})
    assert {ask(client, {}, "/healthz").status_code for _ in range(30)} == {200}
