"""Versions of every kind of registry, read with the real protocols."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.errors import NotFound, Unavailable
from tests.contracts.version_world import World, open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.docker_hub.server import DockerHub
from tests.peers.docker_hub.state import HubImage
from tests.peers.exchange import json_answer
from tests.peers.github.server import GitHub
from tests.peers.images import PushedImage, delete, push
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.peers.token_server import DEFAULT_LOGIN
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost

PLATFORMS = ("linux/amd64", "linux/arm64")
VERSIONS = "/orgs/acme/packages/container/app/versions"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    """A clock that advances only by sleeping."""
    return Clock()


@pytest.fixture
def ghcr(clock: Clock, github: GitHub, registry_with_tokens: DockerRegistry) -> Iterator[World]:
    """GitHub, and the registry of ghcr.io, which requires tokens."""
    with open_world(clock, github=github.url, mirrors={"ghcr.io": registry_with_tokens.url}) as world:
        yield world


@pytest.fixture
def hub(clock: Clock, docker_hub: DockerHub) -> DockerHub:
    """A Docker Hub with our clock, with a public and a private repository."""
    docker_hub.state.clock = clock.now
    docker_hub.rate_limit.limit = 10_000
    docker_hub.add_repository("octo", "app")
    docker_hub.add_repository("octo", "hidden", private=True)
    return docker_hub


def pushed(registry: DockerRegistry, repository: str, *tags: str, content: str = "") -> PushedImage:
    """An index with two platforms, with attestations and a signature."""
    return push(
        registry.url,
        repository,
        tags,
        platforms=PLATFORMS,
        attest=True,
        sign=True,
        content=content,
        credentials=DEFAULT_LOGIN,
    )


def asked(peer: GitHub | RegistryFront | DockerHub, word: str) -> list[str]:
    """The requests so far whose address contains this text."""
    return [seen.target for seen in peer.log if word in seen.target]


def test_github_packages_are_joined_with_manifests(
    ghcr: World, github: GitHub, registry_with_tokens: DockerRegistry
) -> None:
    """Of 250 versions the tagged half is listed, newest first, with platforms and sizes from manifests."""
    for number in range(249):
        tags = [f"1.{number}.0"] if number % 2 == 0 else []
        github.publish_package("acme", "app", digest_of(str(number)), tags, NOW - timedelta(days=300 - number))
    image = pushed(registry_with_tokens, "acme/app", "2.0.0", "latest")
    github.publish_package("acme", "app", image.digest, ["2.0.0", "latest"], NOW - timedelta(days=1))

    page = ghcr.page("ghcr.io/acme/app:latest")

    assert (page.total, page.order, page.stale, page.fetched_at) == (127, "published", False, NOW)
    assert [version.tag for version in page.items[:4]] == ["2.0.0", "latest", "1.248.0", "1.246.0"]
    newest, latest, gone, *_ = page.items
    assert newest.published_at == NOW - timedelta(days=1)
    assert newest.reference == f"ghcr.io/acme/app:2.0.0@{image.digest}"
    assert (newest.aliases, latest.aliases) == (("latest",), ("2.0.0",))
    assert str(newest.url).startswith("https://github.com/orgs/")
    assert {f"{each.os}/{each.architecture}": each.digest for each in newest.platforms} == image.platforms
    assert (newest.kind, newest.signed, newest.size, newest.platforms[0].size) == ("image", None, None, None)
    assert (gone.digest, gone.size, gone.platforms) == (digest_of("248"), None, ())
    assert len(asked(github, VERSIONS)) + len(asked(github, "/organizations/")) == 3
    assert len(asked(github, "/users/acme")) == 1


def test_an_expired_list_is_confirmed_by_a_conditional_request(ghcr: World, github: GitHub) -> None:
    """A fresh list causes no request, and a 304 does not count against GitHub's rate limit."""
    github.publish_package("acme", "app", digest_of("1"), ["1.0.0"])
    first = ghcr.page("ghcr.io/acme/app")
    requests, used = len(github.log), github.rate_limit.used

    assert ghcr.page("ghcr.io/acme/app") is first
    assert len(github.log) == requests
    ghcr.clock.at += 6 * MINUTE
    assert ghcr.page("ghcr.io/acme/app").fetched_at == ghcr.clock.at
    assert len(github.log) == requests + 1
    assert "If-None-Match" in github.log[-1].headers
    assert github.rate_limit.used == used


def test_a_users_nested_package_is_found(ghcr: World, github: GitHub) -> None:
    """The owner's type is requested once a day; slashes in a package's name are encoded."""
    github.add_owner("mia", "User")
    github.publish_package("mia", "team/tools/app", digest_of("1"), ["1.0.0"])

    assert ghcr.tags("ghcr.io/mia/team/tools/app") == ["1.0.0"]
    assert asked(github, "/users/mia/packages/container/team%2Ftools%2Fapp/versions")
    ghcr.clock.at += 6 * MINUTE
    ghcr.page("ghcr.io/mia/team/tools/app")
    assert [seen.target for seen in github.log].count("/users/mia") == 1


def test_a_deleted_owner_is_named(ghcr: World, github: GitHub) -> None:
    """The error names the image and the owner, and says what to do."""
    github.publish_package("acme", "app", digest_of("1"), ["1.0.0"])
    github.remove_owner("acme")

    with pytest.raises(NotFound, match=r"ghcr.io/acme/app: GitHub has no user or organization acme"):
        ghcr.page("ghcr.io/acme/app")


def test_an_unknown_package_is_named(ghcr: World, github: GitHub) -> None:
    """The error names the image and the package."""
    github.add_owner("acme", "Organization")

    with pytest.raises(NotFound, match=r"ghcr.io/acme/none: acme has no such package"):
        ghcr.page("ghcr.io/acme/none")


def test_if_github_refuses_the_registry_is_read(
    clock: Clock, github: GitHub, registry_with_tokens: DockerRegistry
) -> None:
    """Without a token that can read packages, names, digests and sizes are listed by version."""
    github.publish_package("acme", "app", digest_of("1"), ["1.0.0"])
    pushed(registry_with_tokens, "acme/app", "1.0.0", "1.10.0", "1.9.0")
    mirrors = {"ghcr.io": registry_with_tokens.url}

    with open_world(clock, github=github.url, mirrors=mirrors, signed_in=False) as world:
        page = world.page("ghcr.io/acme/app")

    assert page.order == "version"
    assert [version.tag for version in page.items] == ["1.10.0", "1.9.0", "1.0.0"]
    assert all(version.digest and len(version.platforms) == 2 for version in page.items)


def test_if_github_does_not_know_the_package_the_registry_is_read(
    clock: Clock, github: GitHub, registry_with_tokens: DockerRegistry
) -> None:
    """GitHub answers 404 for a package that a token may not see; ghcr.io may still allow anonymous pulls."""
    github.add_owner("acme", "Organization")
    pushed(registry_with_tokens, "acme/app", "1.0.0", "1.1.0")

    with open_world(clock, github=github.url, mirrors={"ghcr.io": registry_with_tokens.url}) as world:
        page = world.page("ghcr.io/acme/app")
        assert asked(github, VERSIONS)
        with pytest.raises(NotFound, match="acme has no such package"):
            world.page("ghcr.io/acme/none")

    assert ([version.tag for version in page.items], page.order) == (["1.1.0", "1.0.0"], "version")
    assert all(version.digest and len(version.platforms) == 2 for version in page.items)


def test_a_mirror_of_docker_hub_is_read_alone(clock: Clock, registry: DockerRegistry) -> None:
    """Nothing is sent to hub.docker.com, which cannot be reached there."""
    push(registry.url, "library/app", ["1.0.0", "latest"], platforms=PLATFORMS)

    with open_world(clock, docker_hub=None, mirrors={"docker.io": registry.url}) as world:
        page = world.page("app")

    assert ([version.tag for version in page.items], page.order) == (["1.0.0", "latest"], "version")
    assert all(version.digest and version.platforms for version in page.items)


def test_if_docker_hub_s_api_fails_the_registry_is_read(clock: Clock, hub: DockerHub, registry: DockerRegistry) -> None:
    """An API that is down, refuses, or does not know a repository takes nothing away."""
    push(registry.url, "octo/app", ["1.0.0", "latest"])
    push(registry.url, "octo/other", ["2.0.0"])

    with open_world(clock, docker_hub=hub.url, mirrors={"docker.io": registry.url}) as world:
        assert world.tags("octo/other") == ["2.0.0"]
        hub.down()
        assert world.tags("octo/app") == ["1.0.0", "latest"]
        hub.up()
        hub.push_tag("octo/app", "3.0.0", digest_of("3"))
        clock.at += 6 * MINUTE
        assert world.tags("octo/app") == ["3.0.0"]


@pytest.mark.parametrize("kind", ["registry_with_htpasswd", "registry_with_tokens"])
def test_any_registry_is_read_by_its_own_api(clock: Clock, request: pytest.FixtureRequest, kind: str) -> None:
    """Private repositories are listed by version, without signatures and attestations, with aliases on the page."""
    registry: DockerRegistry = request.getfixturevalue(kind)
    image = pushed(registry, "team/app", "1.2.0", "v1.10.0", "latest")
    pushed(registry, "team/app", "1.9.0-rc.1", content="other")

    with open_world(clock, mirrors={registry.host: registry.url}) as world:
        page = world.page(f"{registry.host}/team/app")
        assert [version.tag for version in page.items] == ["v1.10.0", "1.9.0-rc.1", "1.2.0", "latest"]
        assert (page.order, page.total) == ("version", 4)
        newest = page.items[0]
        assert (newest.digest, newest.aliases, newest.published_at) == (image.digest, ("1.2.0", "latest"), None)
        assert [(each.os, each.architecture, each.variant) for each in newest.platforms] == [
            ("linux", "amd64", None),
            ("linux", "arm64", None),
        ]
        assert (newest.kind, newest.signed, newest.size) == ("image", True, None)
        assert world.tags(f"{registry.host}/team/app", semver=True) == ["v1.10.0", "1.9.0-rc.1", "1.2.0"]
        assert world.tags(f"{registry.host}/team/app", semver=False) == ["latest"]
        assert world.tags(f"{registry.host}/team/app", q="1.", semver=True, size=1, page=2) == ["1.9.0-rc.1"]


def test_a_repository_without_tags_has_no_versions(clock: Clock, registry: DockerRegistry) -> None:
    """A registry may answer null after the last tag is deleted."""
    image = push(registry.url, "team/app", ["1.0.0"])
    delete(registry.url, "team/app", image.digest)

    with open_world(clock, mirrors={registry.host: registry.url}) as world:
        assert world.page(f"{registry.host}/team/app").total == 0


def test_a_row_whose_manifest_cannot_be_read_keeps_what_is_known(clock: Clock, front: RegistryFront) -> None:
    """The page does not fail, and the manifest is requested again soon."""
    # One row: the answer stops the requests for all others of the registry.
    push(front.url, "team/app", ["1.0.0"])
    front.fail("GET", "/manifests/1.0.0", 429, {"Retry-After": "1"}, times=1)

    with open_world(clock, mirrors={front.host: front.url}) as world:
        poor = world.page(f"{front.host}/team/app")
        front.heal()
        clock.at += MINUTE
        rich = world.page(f"{front.host}/team/app")

    assert [(version.size, version.digest, "answered 429" in str(version.problem)) for version in poor.items] == [
        (None, None, True)
    ]
    assert all(version.size and version.problem is None for version in rich.items)


def test_all_pages_of_a_paging_registry_are_read(clock: Clock, front: RegistryFront) -> None:
    """This holds for any page size, and for absolute and relative links."""
    tags = [f"1.{number}.0" for number in range(10)]
    push(front.url, "team/app", tags)
    front.largest_page, front.absolute_links = 3, True

    with open_world(clock, mirrors={front.host: front.url}) as world:
        assert world.tags(f"{front.host}/team/app") == tags[::-1]
        assert len(asked(front, "/tags/list")) == 4


def test_twelve_thousand_tags_of_a_registry(clock: Clock, registry: DockerRegistry, front: RegistryFront) -> None:
    """Only the rows of the page cause requests; the next page causes no list, and the first page again causes none."""
    image = push(registry.url, "team/app", ["1.0.0"])
    registry.add_tags("team/app", image.digest, (f"1.{number}.0" for number in range(1, 12_000)))
    front.largest_page = 1000

    with open_world(clock, mirrors={front.host: front.url}) as world:
        first = world.page(f"{front.host}/team/app")
        lists = len(asked(front, "/tags/list"))
        assert (first.total, first.items[0].tag, lists) == (12_000, "1.11999.0", 13)
        assert [request.method for request in front.log if request.method == "HEAD"] == []
        assert len(asked(front, "/manifests/")) == 20
        assert first.items[0].digest == image.digest
        assert world.tags(f"{front.host}/team/app", page=600)[-1] == "1.0.0"
        assert len(asked(front, "/tags/list")) == lists
        before = len(front.log)
        assert world.page(f"{front.host}/team/app") is first
        assert len(front.log) == before


def test_twelve_thousand_tags_of_docker_hub(clock: Clock, hub: DockerHub) -> None:
    """With credentials all pages are read once, and digests, sizes and dates need no manifest."""
    hub.push_many("octo/app", 12_000, NOW - MINUTE)
    hub.push_tag("octo/app", f"sha256-{'a' * 64}.sig", digest_of("signature"), NOW)

    with open_world(clock, docker_hub=hub.url, registry=FakeRegistry()) as world:
        page = world.page("octo/app")
        assert (page.total, page.order, page.items[0].tag) == (12_000, "published", "1.11999.0")
        assert len(asked(hub, "/tags")) == 121
        assert world.page("octo/app", page=600).items[-1].published_at == NOW - 12_000 * MINUTE
        assert len(asked(hub, "/tags")) == 121


def test_docker_hub_lists_platforms_and_aliases(clock: Clock, hub: DockerHub) -> None:
    """Old tags without a digest get it by HEAD, and attestations are left out."""
    images = [
        HubImage(architecture="arm64", variant="v8", digest=digest_of("arm"), size=900),
        HubImage(digest=digest_of("amd"), size=1100),
        HubImage(os="unknown", architecture="unknown", digest=digest_of("attestation"), size=5),
    ]
    for tag in ("2.0.0", "latest"):
        hub.push_tag("octo/app", tag, digest_of("two"), NOW - MINUTE, images)
    hub.push_tag("octo/app", "old", None, NOW - timedelta(days=900), status="inactive")
    registry = FakeRegistry()
    registry.put("octo/app:old", digest_of("old"))

    with open_world(clock, docker_hub=hub.url, registry=registry) as world:
        newest, _, old = world.page("octo/app").items

    assert (newest.tag, newest.aliases, newest.size) == ("2.0.0", ("latest",), 1100)
    assert [each.architecture for each in newest.platforms] == ["arm64", "amd64"]
    assert newest.url == "https://hub.docker.com/r/octo/app/tags?name=2.0.0"
    assert newest.reference == f"docker.io/octo/app:2.0.0@{digest_of('two')}"
    assert (old.tag, old.digest, old.published_at) == ("old", digest_of("old"), NOW - timedelta(days=900))
    assert (newest.activity, old.activity) == ("active", "inactive")
    assert {call.method for call in registry.calls} == {"digest"}


def test_beyond_docker_hub_s_anonymous_limit_the_registry_is_read(clock: Clock, hub: DockerHub) -> None:
    """After the first 1,000 tags, the rest is listed by version, without dates."""
    hub.push_many("octo/app", 1200, NOW - MINUTE)
    registry = FakeRegistry()
    for number in range(1200):
        registry.put(f"octo/app:1.{number}.0", digest_of(str(number)))

    with open_world(clock, docker_hub=hub.url, registry=registry, signed_in=False) as world:
        page = world.page("octo/app", size=100, page=11)

    assert (page.total, page.order) == (1200, "published")
    assert [version.tag for version in page.items] == [f"1.{number}.0" for number in range(199, 99, -1)]
    assert page.items[0].digest == digest_of("199")
    assert page.items[0].published_at is None


def test_a_private_repository_needs_credentials(clock: Clock, hub: DockerHub) -> None:
    """Without credentials the error says that they are needed."""
    hub.push_tag("octo/hidden", "1.0.0", digest_of("1"))

    with open_world(clock, docker_hub=hub.url) as world:
        assert world.tags("octo/hidden") == ["1.0.0"]
    with (
        open_world(clock, docker_hub=hub.url, signed_in=False) as world,
        pytest.raises(NotFound, match="it is private and needs credentials"),
    ):
        world.page("octo/hidden")


def test_the_old_answer_stays_while_the_upstream_is_down(clock: Clock, github: GitHub, hub: DockerHub) -> None:
    """It is marked stale, with the time of its answer; without an old answer the error is raised."""
    github.publish_package("acme", "app", digest_of("1"), ["1.0.0"])
    hub.push_tag("octo/app", "1.0.0", digest_of("1"))
    images = ("ghcr.io/acme/app", "octo/app")
    registry = FakeRegistry()

    with open_world(clock, github=github.url, docker_hub=hub.url, registry=registry) as world:
        for image in images:
            world.page(image)
        github.down()
        hub.down()
        clock.at += 10 * MINUTE
        for image in images:
            page = world.page(image)
            assert ([version.tag for version in page.items], page.stale, page.fetched_at) == (["1.0.0"], True, NOW)
        for image in ("ghcr.io/acme/other", "octo/other"):
            with pytest.raises(Unavailable):
                world.page(image)
        github.up()
        hub.up()
        clock.at += 10 * MINUTE
        assert not any(world.page(image).stale for image in images)


def test_one_request_for_twenty_callers(ghcr: World, github: GitHub) -> None:
    """A list that is not cached is requested once."""
    github.publish_package("acme", "app", digest_of("1"), ["1.0.0"])
    together = threading.Barrier(20)

    def ask(_: int) -> int:
        together.wait(10)
        return ghcr.page("ghcr.io/acme/app").total

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(ask, range(20))) == [1] * 20
    assert len(asked(github, VERSIONS)) == 1
    assert len(asked(github, "/users/acme")) == 1


def test_a_refresh_is_visible_to_all_callers(ghcr: World, github: GitHub) -> None:
    """A newly pushed tag is on all pages, also on cached ones."""
    github.publish_package("acme", "app", digest_of("1"), ["1.0.0"])
    ghcr.page("ghcr.io/acme/app")
    ghcr.page("ghcr.io/acme/app", q="1.")
    github.publish_package("acme", "app", digest_of("2"), ["1.1.0"])
    ghcr.clock.at += timedelta(seconds=6)

    assert ghcr.tags("ghcr.io/acme/app") == ["1.0.0"]
    assert ghcr.page("ghcr.io/acme/app", refresh=True).total == 2
    assert ghcr.page("ghcr.io/acme/app", q="1.").total == 2


def test_a_next_page_on_another_host_is_not_requested_there(clock: Clock) -> None:
    """The other host would get our credentials; the registry itself sends the same page again."""
    away = '<http://127.0.0.2:1/v2/team/app/tags/list?last=x>; rel="next"'
    with (
        ScriptedHost(lambda _: json_answer(200, {"tags": ["1"]}, ("Link", away))) as host,
        open_world(clock, mirrors={host.host: host.url}) as world,
    ):
        page = world.page(f"{host.host}/team/app")
        assert "does not end" in str(page.problem)
        assert [version.tag for version in page.items] == ["1"]
        assert len([target for target in host.asked if "/tags/" in target]) == 2


def test_the_tag_of_the_reference_does_not_matter(clock: Clock) -> None:
    """Versions belong to the repository."""
    registry = FakeRegistry()
    registry.put("registry.example.com/app:1.0.0", digest_of("1"))

    with open_world(clock, registry=registry) as world:
        one = world.page("registry.example.com/app:1.0.0")
        assert world.page(f"registry.example.com/app:2@{digest_of('2')}") is one
        assert ImageReference.parse(one.items[0].reference).digest == digest_of("1")
