"""Tests of git repositories as a source: tags, redirects, tokens and addresses that are refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.git import GitReleases
from proxy.errors import AddressRefused, Garbage, Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.host_tokens import HostTokens
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, Request
from tests.peers.forge import private_forge
from tests.peers.git_server import GitServer
from tests.peers.process import LOOPBACK
from tests.provider.tracker.sources.git_tags import ODD_NAMES, MovedServer, OldServer, fill
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost, open_transport

NAME = "acme/portal"


@pytest.fixture(autouse=True)
def outside_any_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove GIT_DIR, which is set if a git hook runs the tests."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def source() -> Iterator[GitReleases]:
    """The source, which may use plain http for loopback."""
    with open_transport(Clock(), LOOPBACK) as transport:
        yield GitReleases(transport)


def address(server: GitServer, folder: str = "") -> Address:
    """The address of the repository."""
    return parse_address(f"{server.url}{folder}/{NAME}.git", RepositoryType.GIT)


def tags(source: GitReleases, where: Address, known: tuple[str, ...] = ()) -> dict[str, str | None]:
    """The names and hashes of the releases."""
    outcome = source.poll(where, wanted=WantedVersions(TagForm.ANY), memory=None, known=known)
    assert isinstance(outcome, Found)
    return {release.version: release.hash for release in outcome.releases}


def asked(server: GitServer) -> list[str]:
    """The method and the last part of the path of each request."""
    return [f"{request.method} {request.path.rpartition('/')[2]}" for request in server.log]


@pytest.mark.parametrize(
    ("kind", "requests"),
    [
        (GitServer, ["POST git-upload-pack"]),
        (OldServer, ["POST git-upload-pack", "GET refs", "GET refs"]),
    ],
)
def test_tracker_git_tags_are_found_with_their_commits(
    tmp_path: Path, source: GitReleases, kind: type[GitServer], requests: list[str]
) -> None:
    """Every kind of tag has the commit that git reports, with both ways to read tags."""
    with kind(tmp_path) as server:
        server.anonymous_reading = True
        server.create(NAME, {"README.md": "# Portal\n"})
        expected = fill(server, NAME)

        assert tags(source, address(server), known=tuple(expected)) == expected
        assert set(ODD_NAMES) < set(expected)
        assert asked(server) == requests


def test_both_ways_to_read_tags_have_the_same_memory(tmp_path: Path, source: GitReleases) -> None:
    """A server that is upgraded does not look as if all tags had changed."""
    memories: list[str | None] = []
    for kind in (GitServer, OldServer):
        with kind(tmp_path) as server:
            server.anonymous_reading = True
            if not memories:
                server.create(NAME, {"README.md": "# Portal\n"})
                fill(server, NAME)
            outcome = source.poll(address(server), wanted=WantedVersions(TagForm.ANY), memory=None)
            assert isinstance(outcome, Found)
            memories.append(outcome.memory)

    assert memories[0] == memories[1]


@pytest.mark.parametrize("speaks_v2", [True, False])
def test_a_redirect_on_the_same_host_is_followed(tmp_path: Path, source: GitReleases, speaks_v2: bool) -> None:
    """GitLab redirects addresses without `.git`; git receives the final address."""

    class Moved(MovedServer):
        def _respond_to(self, request: Request) -> Answer | None:
            if not speaks_v2:
                del request.headers["Git-Protocol"]
            return super()._respond_to(request)

    with Moved(tmp_path) as server:
        server.anonymous_reading = True
        server.create(NAME, {"README.md": "# Portal\n"}, tags=["v1.0.0"])

        assert set(tags(source, address(server))) == {"v1.0.0"}


def test_no_token_follows_a_redirect_to_another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to another host is not followed at all."""
    with (
        GitServer(tmp_path) as other,
        private_forge(tmp_path, monkeypatch, MovedServer) as server,
        open_transport(Clock(), LOOPBACK) as transport,
    ):
        server.origin = other.url
        source = GitReleases(transport, tokens=HostTokens.of_sites([(server.url, Secret(server.read_token))]))
        with pytest.raises(Garbage, match="redirected to another host"):
            source.poll(address(server), wanted=WantedVersions(TagForm.ANY), memory=None)

        assert other.log == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("https://internal.example.com/portal.git", r"10\.0\.0\.7, which is not a public address"),
        ("git@internal.example.com:portal.git", r"10\.0\.0\.7, which is not a public address"),
        ("ssh://git@internal.example.com:2222/portal.git", "internal.example.com:2222"),
        ("https://169.254.169.254/portal.git", r"not a public address"),
        ("https://[::1]/portal.git", "not a public address"),
        ("http://git.example.com/portal.git", "http:// is allowed only for hosts in IMAGE_FACTORY_INSECURE_REGISTRIES"),
        ("file:///srv/git/portal.git", "cannot be a source"),
        ("/srv/git/portal.git", "cannot be a source"),
        ("ext::sh -c id", "not an address"),
        ("--upload-pack=id", "not an address"),
        ("ssh://-oProxyCommand=id/portal.git", "this kind of address is not supported"),
        ("https://user:hunter2@git.example.com/portal.git", "contains credentials"),
    ],
)
def test_tracker_a_forbidden_address_is_refused_before_any_connection(written: str, words: str) -> None:
    """A forbidden address is refused before any connection, and the message contains no password."""
    clock = Clock()
    policy = AddressPolicy(resolver=lambda host, _: [host.strip("[]") if host[0] in "1[:" else "10.0.0.7"])
    source = GitReleases(Transport(policy, now=clock.now, sleep=clock.sleep))

    with pytest.raises(AddressRefused, match=words) as caught:
        source.poll(
            Address(RepositoryType.GIT, written, "x/portal", "portal"), wanted=WantedVersions(TagForm.ANY), memory=None
        )

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", [GitServer, OldServer])
def test_the_connection_uses_the_address_that_was_checked(tmp_path: Path, kind: type[GitServer]) -> None:
    """Only the check can resolve this name, so a connection proves that it is not resolved again."""
    clock = Clock()
    policy = AddressPolicy(insecure_registries=("git.example.invalid",), resolver=lambda *_: [LOOPBACK])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    with kind(tmp_path) as server:
        server.anonymous_reading = True
        url = server.create(NAME, {"README.md": "# Portal\n"}, tags=["v1.0.0"])
        elsewhere = parse_address(url.replace(LOOPBACK, "git.example.invalid"), RepositoryType.GIT)

        assert set(tags(GitReleases(transport), elsewhere)) == {"v1.0.0"}
    transport.close()


@pytest.mark.parametrize("kind", [GitServer, OldServer])
def test_a_token_is_sent_only_to_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[GitServer]
) -> None:
    """The token of another server is not sent; without a token the server refuses."""
    with private_forge(tmp_path, monkeypatch, kind) as forge, open_transport(Clock(), LOOPBACK) as transport:
        forge.create(NAME, {"README.md": "# Portal\n"}, tags=["v1.0.0"])
        token = Secret(forge.read_token)
        other, own = (HostTokens.of_sites([(site, token)]) for site in ("https://git.example.com", forge.url))

        with pytest.raises(Refused, match="may not be read"):
            tags(GitReleases(transport, tokens=other), address(forge))
        assert set(tags(GitReleases(transport, tokens=own), address(forge))) == {"v1.0.0"}


@pytest.mark.parametrize("kind", [GitServer, OldServer])
def test_no_token_goes_over_plain_http(tmp_path: Path, kind: type[GitServer]) -> None:
    """Not even to a server that the settings list for plain http: everybody on the way could read it."""
    with kind(tmp_path) as server, open_transport(Clock(), LOOPBACK) as transport:
        server.create(NAME, {"README.md": "# Portal\n"}, tags=["v1.0.0"])
        tokens = HostTokens.of_sites([(server.url.replace("http:", "https:"), Secret(server.read_token))])

        with pytest.raises(Refused, match="may not be read"):
            tags(GitReleases(transport, tokens=tokens), address(server))
        assert server.log
        assert not any("authorization" in {name.lower() for name in request.headers} for request in server.log)


def test_tracker_a_rate_limit_of_a_git_server_has_its_reset(source: GitReleases) -> None:
    """After a rate limit, the git command is not run either."""
    with ScriptedHost(lambda _: Answer(429, b"", (("Retry-After", "600"),))) as host:
        with pytest.raises(Unavailable, match="answered 429") as caught:
            tags(source, parse_address(f"{host.url}/{NAME}.git", RepositoryType.GIT))

        assert host.asked == [f"POST /{NAME}.git/git-upload-pack"]
    assert caught.value.retry_at == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("filters", [True, False])
def test_new_tags_have_dates_if_the_server_filters_objects(
    git_server: GitServer, source: GitReleases, filters: bool
) -> None:
    """The date is that of an annotated tag, else of its commit; only new tags are read, if the server filters."""
    git_server.anonymous_reading = True
    git_server.create(NAME, {"README.md": "# Portal\n"})
    git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", str(filters).lower())
    fill(git_server, NAME)

    outcome = source.poll(address(git_server), wanted=WantedVersions(TagForm.ANY), memory=None, known=("v1.0.0",))

    assert isinstance(outcome, Found)
    dates = {release.version: release.date for release in outcome.releases if release.date}
    assert "v1.0.0" not in dates
    if filters:
        # All commits of the peer have the same date; the annotated tag has the current time.
        assert dates["release/1.0"] == datetime.fromtimestamp(1_700_000_000, UTC)
        assert dates["v1.2.0"] > dates["release/1.0"]
    else:
        assert dates == {}
        assert asked(git_server) == ["POST git-upload-pack", "GET refs"]


def test_a_refused_connection_is_unavailable(tmp_path: Path, source: GitReleases) -> None:
    """A refused connection is temporary."""
    with GitServer(tmp_path) as gone:
        where = address(gone)

    with pytest.raises(Unavailable):
        source.poll(where, wanted=WantedVersions(TagForm.ANY), memory=None)
