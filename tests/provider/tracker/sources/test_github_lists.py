"""GitHub's lists: tokens that are refused, tags of pages that are missing, and answers that are no lists."""

from collections.abc import Iterator

import pytest

from provider.tracker.sources.github_lists import read_if_changed
from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.github.pygithub import SessionRequester
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import answered, unavailable
from tests.peers.github.server import GitHub
from tests.proxy.github.sessions import open_session

PATH = "/repos/acme/portal/tags"
MATCH = f"GET {PATH}"


@pytest.fixture
def requester(github: GitHub) -> Iterator[SessionRequester]:
    """PyGithub for an owner with one repository, which has one tag."""
    github.add_repository("acme/portal", {"README.md": "# Portal\n"})
    github.add_tag("acme/portal", "v1.0.0")
    with open_session(github.url) as session:
        yield SessionRequester(session, "acme")


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


def test_a_refused_token_is_renewed_once(github: GitHub, requester: SessionRequester) -> None:
    """As an App's are, which live an hour."""
    with open_session(github.url, Renewing()) as session:
        listing = read_if_changed(SessionRequester(session, "acme"), PATH, ())

    assert listing is not None
    assert [entry["name"] for entry in listing.entries] == ["v1.0.0"]


def test_without_a_token_nothing_is_asked(github: GitHub, requester: SessionRequester) -> None:
    """The reason is the credentials' own."""
    with open_session(github.url, Without(None)) as session, pytest.raises(Refused, match="not installed"):
        read_if_changed(SessionRequester(session, "acme"), PATH, ())

    assert github.log == []


def test_a_list_without_tags_is_not_known_again(github: GitHub, requester: SessionRequester) -> None:
    """A page that cannot be asked for on condition makes the whole list unconditional."""
    github.script(MATCH, answered(json_answer(200, [])))

    listing = read_if_changed(requester, PATH, ())

    assert listing is not None
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
def test_what_is_no_list_is_refused(
    github: GitHub, requester: SessionRequester, answer: Answer, kind: type[OutsideFailure]
) -> None:
    """An empty list in its place would count as if everything had been withdrawn."""
    github.script(MATCH, answered(answer))

    with pytest.raises(kind):
        read_if_changed(requester, PATH, ())


def test_a_bad_hour_passes(github: GitHub, requester: SessionRequester) -> None:
    """Also when the connection breaks."""
    github.script(MATCH, *[unavailable(502)] * 3, *[answered(None)] * 3)

    for _ in range(2):
        with pytest.raises(Unavailable):
            read_if_changed(requester, PATH, ())
    assert read_if_changed(requester, PATH, ())
