"""Files of many repositories with one query to the fake GitHub, which holds it to GitHub's schema."""

import json
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.github.querying.many_files import FileAddress, FoundFile, read_many
from proxy.github.session import GitHubSession
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.server import GitHub
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session
from tests.proxy.scripted import ScriptedHost

TEXT = "FROM debian:12\n"


def name(number: int) -> str:
    """A repository."""
    return f"acme/app-{number}"


@pytest.fixture
def session(github: GitHub) -> Iterator[GitHubSession]:
    """A session with a token, and a GitHub with three repositories."""
    for number in range(3):
        github.add_repository(name(number), {"Dockerfile": TEXT, "docker/Dockerfile": f"FROM alpine:{number}\n"})
    with open_session(github.url, clock=Clock()) as opened:
        yield opened


def test_files_of_many_repositories_are_read_with_one_request(github: GitHub, session: GitHubSession) -> None:
    """It costs one point of the limit of queries and nothing of the other one, and names the commit."""
    github.commit(name(1), {"Dockerfile": "FROM debian:13\n"}, branch="develop")
    wanted = [
        FileAddress(name(number), None, path) for number in range(3) for path in ("Dockerfile", "docker/Dockerfile")
    ]
    wanted.append(FileAddress(name(1), "develop", "Dockerfile"))

    found = read_many(session, "acme", wanted)
    assert [found[address].content for address in wanted[1::2]] == [
        b"FROM alpine:0\n",
        b"FROM alpine:1\n",
        b"FROM alpine:2\n",
    ]
    assert found[wanted[-1]].content == b"FROM debian:13\n"
    assert found[wanted[-1]].commit != found[wanted[0]].commit
    assert (len(github.log), github.query_limit.used, github.rate_limit.used) == (1, 1, 0)
    assert github.log[0].path == "/graphql"


def test_a_missing_file_is_known_to_be_missing(session: GitHubSession) -> None:
    """Its repository and branch exist."""
    (found,) = read_many(session, "acme", [FileAddress(name(0), None, "Containerfile")]).values()

    assert found.content is None
    assert found.commit


@pytest.mark.parametrize(
    "address",
    [
        FileAddress("acme/nothing", None, "Dockerfile"),
        FileAddress("acme/old", None, "Dockerfile"),
        FileAddress(name(0), "absent", "Dockerfile"),
        FileAddress(name(0), None, "docker"),
        FileAddress(name(0), None, "binary"),
        FileAddress(name(0), None, "large"),
        FileAddress(name(0), None, "link"),
        FileAddress(name(0), None, "latin"),
    ],
)
def test_what_a_query_cannot_tell_is_left_to_be_read_alone(
    github: GitHub, session: GitHubSession, address: FileAddress
) -> None:
    """Beside it, everything else is found."""
    files: dict[str, str | bytes | None] = {"large": "# comment\n" * 100_000, "link": "docker/Dockerfile"}
    github.commit(name(0), {**files, "binary": b"FROM a\0b", "latin": b"FROM a # gr\xf6\xdfe\n"})
    github.add_repository("acme/gate", {"Dockerfile": TEXT})
    github.rename_repository("acme/gate", "acme/new")
    other = FileAddress(name(2), None, "Dockerfile")

    assert read_many(session, "acme", [address, other]).keys() == {other}


class Answering:
    """In place of a session: answers every query with this data, and notes the values of its variables."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.asked: list[str] = []

    def query(self, _: str, variables: Mapping[str, str], **__: str) -> Mapping[str, object]:
        """See the session."""
        self.asked.extend(variables.values())
        return self.data


@given(st.text(min_size=1, max_size=20))
def test_no_ref_has_a_second_meaning(ref: str) -> None:
    """A ref that is more than a name, such as HEAD^ or a search, is not put into an expression."""
    session = Answering({})

    read_many(session, "acme", [FileAddress(name(0), ref, "Dockerfile")])  # type: ignore[arg-type]
    odd = ref.startswith(("-", ".", "/")) or any(character in ref for character in "^~:@{}?*[\\ \n")
    assert not (odd and session.asked)


def test_without_credentials_nothing_is_sent(github: GitHub) -> None:
    """GitHub answers no query without a token."""
    with open_session(github.url, FixedToken(None)) as session, pytest.raises(Refused, match="without credentials"):
        read_many(session, "acme", [FileAddress(name(0), None, "Dockerfile")])
    assert github.log == []


def test_after_the_limit_no_query_is_sent_and_other_requests_are(github: GitHub, session: GitHubSession) -> None:
    """The limits of queries and of all other requests are apart."""
    github.query_limit.used = github.query_limit.limit
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            read_many(session, "acme", [FileAddress(name(0), None, "Dockerfile")])
        assert caught.value.retry_at
    assert len(github.log) == 1

    assert session.ask("GET", f"/repos/{name(0)}", owner="acme").status == 200


@pytest.mark.parametrize("answer", [Answer(200, b"[]"), Answer(200, b"{"), json_answer(200, {"data": None})])
def test_an_answer_without_data_is_garbage(answer: Answer) -> None:
    """Nothing is taken from it."""
    with ScriptedHost(lambda _: answer) as host, open_session(host.url) as session, pytest.raises(Garbage):
        read_many(session, "acme", [FileAddress(name(0), None, "Dockerfile")])


_KEYS = ("nameWithOwner", "head", "oid", "f0", "text", "byteSize", "isBinary", "isTruncated")
_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)


@given(st.recursive(_VALUES, lambda each: st.lists(each) | st.dictionaries(st.sampled_from(_KEYS), each)))
def test_any_data_is_read_or_left(data: object) -> None:
    """Whatever a repository's part is."""
    found = read_many(Answering({"r0": data}), "acme", [FileAddress(name(0), None, "Dockerfile")])  # type: ignore[arg-type]

    assert all(isinstance(each, FoundFile) for each in found.values())


def test_an_enterprise_server_is_asked_at_its_own_address() -> None:
    """https://HOST/api/v3 is the address of REST, https://HOST/api/graphql that of GraphQL."""
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(f"{request.method} {request.target}")
        assert json.loads(request.body)["variables"]["o0"] == "acme"
        return json_answer(200, {"data": {}})

    with ScriptedHost(answer) as host, open_session(f"{host.url}/api/v3") as session:
        assert read_many(session, "acme", [FileAddress(name(0), None, "Dockerfile")]) == {}
    assert asked == ["POST /api/graphql"]
