"""GitHub's lists: tokens that are refused, tags of pages that are missing, and answers that are no lists."""

from collections.abc import Iterator

import pytest

from provider.github_client import GitHubClient, GitHubClients
from provider.github_failures import Cause, GitHubFailure
from provider.tracker.sources.github_lists import read_if_changed
from proxy.errors import Refused
from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import answered, unavailable
from tests.peers.github.server import GitHub

PATH = "/repos/acme/portal/tags"
MATCH = f"GET {PATH}"


@pytest.fixture
def client(github: GitHub) -> Iterator[GitHubClient]:
    """The client of an owner with one repository, which has one tag."""
    github.add_repository("acme/portal", {"README.md": "# Portal\n"})
    github.add_tag("acme/portal", "v1.0.0")
    with GitHubClients(github.url, FixedToken(Secret(TOKEN))) as clients:
        yield clients.of("acme")


class Renewing(FixedToken):
    """Gives a token that is refused, and a right one after that was discarded."""

    def __init__(self) -> None:
        super().__init__(Secret("expired"))

    def discard(self, owner: str, token: Secret) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        FixedToken.__init__(self, Secret(TOKEN))
        return True


class Without(FixedToken):
    """Has no token to give."""

    def token(self, owner: str) -> Secret | None:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        raise Refused("the App is not installed")


def test_a_refused_token_is_renewed_once(github: GitHub, client: GitHubClient) -> None:
    """As an App's are, which live an hour."""
    with GitHubClients(github.url, Renewing()) as clients:
        listing = read_if_changed(clients.of("acme"), PATH, ())

    assert listing is not None
    assert [entry["name"] for entry in listing.entries] == ["v1.0.0"]


def test_without_a_token_nothing_is_asked(github: GitHub, client: GitHubClient) -> None:
    """The reason is the credentials' own."""
    with (
        GitHubClients(github.url, Without(None)) as clients,
        pytest.raises(GitHubFailure, match="not installed") as caught,
    ):
        read_if_changed(clients.of("acme"), PATH, ())

    assert caught.value.cause is Cause.UNAUTHORIZED
    assert github.log == []


def test_a_list_without_tags_is_not_known_again(github: GitHub, client: GitHubClient) -> None:
    """A page that cannot be asked for on condition makes the whole list unconditional."""
    github.script(MATCH, answered(json_answer(200, [])))

    listing = read_if_changed(client, PATH, ())

    assert listing is not None
    assert listing.etags == ()


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (json_answer(200, {"message": "not a list"}), Cause.SERVER_ERROR),
        (json_answer(200, ["v1"]), Cause.SERVER_ERROR),
        (Answer(200, b"<html>"), Cause.SERVER_ERROR),
        (Answer(304), Cause.SERVER_ERROR),
        (json_answer(451, {"message": "Repository access blocked"}), Cause.REJECTED),
    ],
)
def test_what_is_no_list_is_refused(github: GitHub, client: GitHubClient, answer: Answer, cause: Cause) -> None:
    """An empty list in its place would count as if everything had been withdrawn."""
    github.script(MATCH, answered(answer))

    with pytest.raises(GitHubFailure) as caught:
        read_if_changed(client, PATH, ())

    assert caught.value.cause is cause


def test_a_bad_hour_passes(github: GitHub, client: GitHubClient) -> None:
    """Also when the connection breaks."""
    github.script(MATCH, unavailable(502), answered(None))

    for _ in range(2):
        with pytest.raises(GitHubFailure) as caught:
            read_if_changed(client, PATH, ())
        assert caught.value.transient
