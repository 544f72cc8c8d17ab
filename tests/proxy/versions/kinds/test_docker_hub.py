"""Docker Hub's API where it fails, and where it is not asked."""

import pytest

from proxy.errors import NotFound, OutsideFailure, Refused, Unavailable
from tests.contracts.version_world import NOWHERE, open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost

FAILURES = [
    json_answer(401, {"message": "unauthorized"}),
    json_answer(403, {"message": "forbidden"}),
    json_answer(404, {"message": "object not found"}),
    json_answer(429, {"message": "too many requests"}),
    json_answer(500, {}),
    json_answer(503, {}),
    json_answer(418, {}),
    Answer(200, b"<p>sign in to the proxy"),
    json_answer(200, {"results": []}),
    json_answer(200, []),
    Answer(302, b"", (("Location", "https://login.example.com/"),)),
]


@pytest.fixture
def registry() -> FakeRegistry:
    """A registry that has the image."""
    registry = FakeRegistry()
    for tag in ("1.0.0", "1.10.0", "latest"):
        registry.put(f"octo/app:{tag}", digest_of(tag), platforms=["linux/amd64"])
    return registry


@pytest.mark.parametrize("answer", FAILURES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_failing_api_leads_to_the_registry(answer: Answer, registry: FakeRegistry, signed_in: bool) -> None:
    """Names and digests are listed by version; the manifests, which count as pulls, are not read."""
    with (
        ScriptedHost(lambda _: answer) as host,
        open_world(Clock(), docker_hub=host.url, registry=registry, signed_in=signed_in) as world,
    ):
        page = world.page("octo/app")

    assert (page.order, page.stale, page.total) == ("version", False, 3)
    assert [version.tag for version in page.items] == ["1.10.0", "1.0.0", "latest"]
    assert [version.digest for version in page.items] == [digest_of(version.tag) for version in page.items]
    assert {call.method for call in registry.calls} == {"tags", "digest"}


def test_an_unreachable_api_leads_to_the_registry(registry: FakeRegistry) -> None:
    """The API is asked again when its list would be requested again, not for each page."""
    clock = Clock()
    with open_world(clock, docker_hub=NOWHERE, registry=registry) as world:
        assert world.tags("octo/app") == ["1.10.0", "1.0.0", "latest"]
        assert world.tags("octo/app", q="1.") == ["1.10.0", "1.0.0"]
        assert [call.method for call in registry.calls].count("tags") == 1


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("answer", FAILURES[:2] + FAILURES[4:])
def test_a_failing_later_page_leads_to_the_registry_for_the_rest(number: int, answer: Answer) -> None:
    """What Docker Hub has listed until then has dates; the rest follows by version."""
    registry = FakeRegistry()
    for each in range(250):
        registry.put(f"octo/app:1.{each}.0", digest_of(str(each)))

    def pages(request: Request) -> Answer:
        asked = int(request.query["page"])
        if asked == number:
            return answer
        names = [f"1.{249 - each}.0" for each in range(100 * asked - 100, min(100 * asked, 250))]
        results = [{"name": name, "tag_last_pushed": "2026-01-01T00:00:00Z"} for name in names]
        return json_answer(200, {"count": 250, "results": results})

    with (
        ScriptedHost(pages) as host,
        open_world(Clock(), docker_hub=host.url, registry=registry, signed_in=False) as world,
    ):
        page = world.page("octo/app", size=300)

    assert (page.total, page.order) == (250, "published")
    assert sum(version.published_at is not None for version in page.items) == 100 * (number - 1)
    assert [version.tag for version in page.items] == [f"1.{249 - each}.0" for each in range(250)]


@pytest.mark.parametrize(
    "refusal", [NotFound("no such image"), Refused("no"), Unavailable("down"), OutsideFailure("any")]
)
def test_if_the_registry_fails_too_the_api_s_failure_is_raised(registry: FakeRegistry, refusal: OutsideFailure) -> None:
    """It says what to check."""
    registry.go_down(refusal)
    with (
        ScriptedHost(lambda _: json_answer(404, {})) as host,
        open_world(Clock(), docker_hub=host.url, registry=registry, signed_in=False) as world,
        pytest.raises(NotFound, match="it is private and needs credentials"),
    ):
        world.page("octo/app")


def test_without_the_api_a_mirror_serves_everything(registry: FakeRegistry) -> None:
    """Its manifests do not count as pulls, so they are read; the raw list has the registry's own form."""
    with open_world(Clock(), docker_hub=None, registry=registry) as world:
        page = world.page("octo/app")
        raw = world.raw("octo/app", ("n", "2"))

    assert [(version.tag, len(version.platforms)) for version in page.items] == [
        ("1.10.0", 1),
        ("1.0.0", 1),
        ("latest", 1),
    ]
    assert raw.document == {"name": "octo/app", "tags": ["1.0.0", "1.10.0"]}


def test_known_dates_stay_while_the_api_is_down(registry: FakeRegistry) -> None:
    """A short outage does not take the dates away; a refusal leads to the registry."""
    clock = Clock()
    good = {"count": 1, "results": [{"name": "1.0.0", "tag_last_pushed": "2026-01-01T00:00:00Z"}]}
    with (
        ScriptedHost(lambda _: json_answer(200, good)) as host,
        open_world(clock, docker_hub=host.url, registry=registry, signed_in=False) as world,
    ):
        assert world.page("octo/app").items[0].published_at
        host.script = lambda _: json_answer(503, {}, ("Retry-After", "1"))
        clock.sleep(600)
        old = world.page("octo/app")
        assert (old.stale, old.order, bool(old.items[0].published_at)) == (True, "published", True)
        host.script = lambda _: json_answer(403, {})
        clock.sleep(600)
        assert (world.page("octo/app").order, world.page("octo/app").stale) == ("version", False)


def test_a_list_counts_while_it_is_read(registry: FakeRegistry) -> None:
    """Page by page, so that those who wait see that it goes on."""
    counts: list[int] = []

    def play(request: Request) -> Answer:
        counts.append(world.upstreams.progress.of("docker.io/octo/app"))
        tags = [{"name": f"{request.query['page']}.{number}"} for number in range(100)]
        return json_answer(200, {"count": 200, "results": tags})

    with (
        ScriptedHost(play) as host,
        open_world(Clock(), docker_hub=host.url, registry=registry, signed_in=False) as world,
    ):
        assert world.page("octo/app").total == 200
        assert world.upstreams.progress.of("docker.io/octo/app") == 0
    assert counts == [0, 100]
