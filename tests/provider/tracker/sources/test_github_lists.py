"""Tests of GitHub's lists: rejected tokens, lists without ETags, and invalid answers."""

from collections.abc import Iterator

import pytest

from provider.tracker.sources.github_lists import is_unchanged, rest_of
from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.github.pygithub import SessionRequester
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import answered, carried_out, unavailable
from tests.peers.github.server import GitHub
from tests.proxy.github.sessions import open_session

PATH = "/repos/acme/portal/tags"
MATCH = f"GET {PATH}"


@pytest.fixture
def requester(github: GitHub) -> Iterator[SessionRequester]:
    """PyGithub's requester, for an owner with one repository that has one tag."""
    github.add_repository("acme/portal", {"README.md": "# Portal\n"})
    github.add_tag("acme/portal", "v1.0.0")
    with open_session(github.url) as session:
        yield SessionRequester(session, "acme")


class Renewing(FixedToken):
    """Credentials with a rejected token first, and a valid one after `discard`."""

    def __init__(self) -> None:
        super().__init__(Secret("expired"))

    def discard(self, owner: str, token: Secret) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        FixedToken.__init__(self, Secret(TOKEN))
        return True


class Without(FixedToken):
    """Credentials without a token."""

    def token(self, owner: str) -> Secret | None:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        raise Refused("the App is not installed")


def test_a_rejected_token_is_renewed_once(github: GitHub, requester: SessionRequester) -> None:
    """The token of a GitHub App, for example, expires after an hour."""
    with open_session(github.url, Renewing()) as session:
        listing = rest_of(SessionRequester(session, "acme"), PATH)

    assert [entry["name"] for entry in listing.entries] == ["v1.0.0"]


def test_without_a_token_no_request_is_sent(github: GitHub, requester: SessionRequester) -> None:
    """No request is sent, and the failure is that of the credentials."""
    with open_session(github.url, Without(None)) as session, pytest.raises(Refused, match="not installed"):
        rest_of(SessionRequester(session, "acme"), PATH)

    assert github.log == []


def test_a_list_without_etags_is_read_without_conditions(github: GitHub, requester: SessionRequester) -> None:
    """If a page has no ETag, the whole list is requested without conditions."""
    github.script(MATCH, answered(json_answer(200, [])))

    listing = rest_of(requester, PATH)

    assert listing.etags == ()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer(200, {"message": "not a list"}), Garbage),
        (json_answer(200, ["v1"]), Garbage),
        (Answer(200, b"<html>"), Garbage),
        (Answer(304), Garbage),
        (json_answer(451, {"message": "Repository access blocked"}), Refused),
    ],
)
def test_an_answer_that_is_no_list_is_refused(
    github: GitHub, requester: SessionRequester, answer: Answer, kind: type[OutsideFailure]
) -> None:
    """If it counted as an empty list, all releases would be marked as withdrawn."""
    github.script(MATCH, answered(answer))

    with pytest.raises(kind):
        rest_of(requester, PATH)


def test_server_errors_are_temporary(github: GitHub, requester: SessionRequester) -> None:
    """A server error and a broken connection are temporary, if smaller pages fail too."""
    github.script(MATCH, *[unavailable(502)] * 6, *[answered(None)] * 30)

    for _ in range(2):
        with pytest.raises(Unavailable):
            rest_of(requester, PATH)
    github.heal()
    assert rest_of(requester, PATH).entries


def test_tracker_a_list_that_is_too_large_for_full_pages_is_read_in_smaller_ones(
    github: GitHub, requester: SessionRequester
) -> None:
    """GitHub answers 502 to a hundred releases with long notes at once."""
    for number in range(45):
        github.add_tag("acme/portal", f"v2.{number}.0")
    github.script(MATCH, *[unavailable(502)] * 3)

    assert len(rest_of(requester, PATH).entries) == 46
    assert ["per_page=20" in request.target for request in github.log[3:]] == [True] * 3


@pytest.mark.parametrize("number", [1_000, 10_000])
def test_tracker_a_list_that_github_ends_is_read_as_far_as_it_goes(
    github: GitHub, requester: SessionRequester, number: int
) -> None:
    """It is not whole, so what is behind its end is not taken for withdrawn."""
    for minor in range(199):
        github.add_tag("acme/portal", f"v2.{minor}.0")
    beyond = json_answer(422, {"message": f"Only the first {number} results are available."})
    github.script(MATCH, carried_out, carried_out, answered(beyond))

    listing = rest_of(requester, PATH)

    assert (len(listing.entries), listing.whole) == (200, False)


def test_pages_are_known_again(github: GitHub, requester: SessionRequester) -> None:
    """By the tags of all of them; without tags nothing is known."""
    etags = rest_of(requester, PATH).etags
    assert is_unchanged(requester, PATH, etags)
    assert not is_unchanged(requester, PATH, ())
    github.add_tag("acme/portal", "v1.1.0")
    assert not is_unchanged(requester, PATH, etags)
