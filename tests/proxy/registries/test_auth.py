"""Authentication at a registry."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.errors import AddressRefused, Refused
from proxy.http.transport import Transport
from proxy.registries.auth import question_of
from proxy.registries.router import Registries
from proxy.registries.token_fetching import WRONG_CREDENTIALS_WAIT
from proxy.secrets.docker_config import DockerConfig, Login
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.exchange import Login as HttpLogin
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, FOUND, TokenRegistry, token_registry
from tests.proxy.scripted import Script, ScriptedHost, in_turn, open_transport, registries

CI = Login("ci", "hunter2-do-not-print")
BASIC_CHALLENGE = ("WWW-Authenticate", 'Basic realm="x"')
BASIC = f"Basic {base64.b64encode(b'ci:hunter2-do-not-print').decode()}"


@pytest.fixture
def transport(clock: Clock) -> Iterator[Transport]:
    """A transport that may reach loopback, under both its names, by plain http."""
    with open_transport(clock, "127.0.0.1", "localhost") as transport:
        yield transport


@pytest.fixture
def peer() -> Iterator[TokenRegistry]:
    """A registry with a token server."""
    with token_registry() as peer:
        yield peer


def test_an_anonymous_token_is_fetched_once_for_a_repository(transport: Transport, peer: TokenRegistry) -> None:
    """The first request gets a challenge, further ones have the token; another repository needs its own token."""
    all_registries = registries(transport)
    for text in ("a:1", "a:2", "b:1"):
        assert all_registries.digest(peer.registry.image(text)) == DIGEST

    assert peer.token_requests == [["repository:a:pull"], ["repository:b:pull"]]
    assert [bool(request.authorization) for request in peer.registry.requests] == [False, True, True, True]
    assert {request.authorization for request in peer.tokens.requests} == {""}


def test_a_token_is_renewed_before_it_expires(transport: Transport, peer: TokenRegistry, clock: Clock) -> None:
    """The registry never gets an expired token."""
    all_registries = registries(transport)
    all_registries.digest(peer.registry.image("a:1"))
    clock.sleep(290)
    all_registries.digest(peer.registry.image("a:1"))

    assert len(peer.tokens.requests) == 2
    assert len(peer.registry.requests) == 3


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_replaced_once(transport: Transport, peer: TokenRegistry, status: int) -> None:
    """The request succeeds with the new token, or is refused after one new token."""
    all_registries = registries(transport)
    all_registries.digest(peer.registry.image("a:1"))
    peer.registry.requests.clear()
    normal = peer.registry.script
    peer.registry.script = in_turn(Answer(status), FOUND)
    assert all_registries.digest(peer.registry.image("a:1")) == DIGEST
    assert len(peer.tokens.requests) == 2
    assert len({request.authorization for request in peer.registry.requests}) == 2

    peer.registry.script = in_turn(Answer(status))
    peer.registry.requests.clear()
    with pytest.raises(Refused, match=f"a:1: {peer.registry.host} answered {status}.*auth file"):
        all_registries.digest(peer.registry.image("a:1"))
    assert len(peer.registry.requests) == 2
    assert len(peer.tokens.requests) == 3
    peer.registry.script = normal
    assert all_registries.digest(peer.registry.image("a:1")) == DIGEST


def test_many_threads_share_one_fresh_token(transport: Transport, peer: TokenRegistry) -> None:
    """When a token is revoked, one new token is fetched for all threads."""
    all_registries = registries(transport)
    all_registries.digest(peer.registry.image("a:1"))
    peer.expired.update(peer.scopes)
    wanted = [(peer.registry.image(f"a:{number}"), None) for number in range(40)]

    assert {answer for _, answer in all_registries.check(wanted)} == {DIGEST}
    assert len(peer.tokens.requests) == 2


def test_credentials_go_to_the_registry_s_own_token_server(transport: Transport, peer: TokenRegistry) -> None:
    """A token server on another port of the registry's host gets the credentials."""
    all_registries = registries(transport, {peer.registry.host: CI})
    all_registries.digest(peer.registry.image("a:1"))

    assert {request.authorization for request in peer.tokens.requests} == {BASIC}
    assert BASIC not in {request.authorization for request in peer.registry.requests}


def test_a_realm_on_another_host_gets_no_credentials(transport: Transport, peer: TokenRegistry) -> None:
    """The token is requested without credentials, unless a setting trusts the token server."""
    peer.realm_host = peer.tokens.host.replace("127.0.0.1", "localhost")
    all_registries = registries(transport, {peer.registry.host: CI})
    assert all_registries.digest(peer.registry.image("a:1")) == DIGEST
    assert {request.authorization for request in peer.tokens.requests} == {""}

    peer.tokens.requests.clear()
    trusting = registries(transport, {peer.registry.host: CI}, trusted_realms={peer.registry.host: peer.realm_host})
    trusting.digest(peer.registry.image("a:1"))
    assert {request.authorization for request in peer.tokens.requests} == {BASIC}


def test_a_realm_in_our_own_network_is_refused(clock: Clock, peer: TokenRegistry) -> None:
    """A registry cannot redirect the service to a host that is not listed."""
    with open_transport(clock, peer.registry.host) as transport:
        with pytest.raises(AddressRefused, match=f"{peer.registry.host} sends clients to .*{peer.tokens.host}"):
            registries(transport).digest(peer.registry.image("a:1"))
        assert peer.tokens.requests == []


def test_wrong_credentials_are_not_tried_repeatedly(transport: Transport, peer: TokenRegistry, clock: Clock) -> None:
    """A refused password is not sent for other repositories, but after some time it is tried again."""
    all_registries = registries(transport, {peer.registry.host: CI})
    grant, peer.tokens.script = peer.tokens.script, in_turn(Answer(401))
    wanted = [(peer.registry.image(f"r{number}:1"), None) for number in range(200)]
    answers = [answer for _, answer in all_registries.check(wanted)]

    assert {type(answer) for answer in answers} <= {Refused, *Refused.__subclasses__()}
    assert all("check the registry's entry in the auth file" in str(answer) for answer in answers)
    assert len(peer.tokens.requests) <= 4
    peer.tokens.script = grant
    clock.sleep(WRONG_CREDENTIALS_WAIT.total_seconds())
    assert all_registries.digest(wanted[0][0]) == DIGEST


def test_fifty_repositories_share_a_token_if_granted(transport: Transport, peer: TokenRegistry) -> None:
    """A sweep over 120 repositories fetches three tokens, and no request is refused."""
    all_registries = registries(transport)
    wanted = [(peer.registry.image(f"r{number}:1"), None) for number in range(120)]

    assert {answer for _, answer in all_registries.check(wanted)} == {DIGEST}
    assert sorted(len(scopes) for scopes in peer.token_requests) == [20, 50, 50]
    assert len(peer.registry.requests) == 121


def test_without_batches_single_tokens_are_used(transport: Transport, peer: TokenRegistry) -> None:
    """A registry that grants only the first scope answers every request, and no further batch is requested."""
    peer.grants = 1
    all_registries = registries(transport)
    wanted = [(peer.registry.image(f"r{number}:1"), None) for number in range(120)]
    assert {answer for _, answer in all_registries.check(wanted)} == {DIGEST}

    peer.tokens.requests.clear()
    more = [(peer.registry.image(f"s{number}:1"), None) for number in range(60)]
    assert {answer for _, answer in all_registries.check(more)} == {DIGEST}
    assert {len(scopes) for scopes in peer.token_requests} == {1}


def test_after_a_refused_batch_a_single_scope_is_requested(transport: Transport, peer: TokenRegistry) -> None:
    """A 400 to a batch does not fail the request."""
    grant = peer.tokens.script
    peer.tokens.script = lambda request: grant(request) if request.target.count("scope=") == 1 else Answer(400)
    wanted = [(peer.registry.image(f"r{number}:1"), None) for number in range(60)]

    assert {answer for _, answer in registries(transport).check(wanted)} == {DIGEST}


def test_one_forbidden_repository_does_not_end_batches(transport: Transport, peer: TokenRegistry) -> None:
    """Only that repository is refused; the others continue with shared tokens."""
    peer.forbidden = {"r7"}
    all_registries = registries(transport)
    wanted = [(peer.registry.image(f"r{number}:1"), None) for number in range(100)]
    answers = {reference.repository: answer for reference, answer in all_registries.check(wanted)}

    assert isinstance(answers.pop("r7"), Refused)
    assert set(answers.values()) == {DIGEST}
    assert sorted({len(scopes) for scopes in peer.token_requests}) == [1, 50]
    assert len(peer.token_requests) <= 4


def test_basic_credentials_go_only_after_a_challenge(transport: Transport) -> None:
    """They are sent with every request after it; without credentials the request is refused with a reason."""

    def registry(request: Request) -> Answer:
        challenge = (("WWW-Authenticate", 'Negotiate, Basic realm="x"'),)
        return FOUND if request.authorization == BASIC else Answer(401, b"", challenge)

    with ScriptedHost(registry) as host:
        all_registries = registries(transport, {host.host: CI})
        for _ in range(2):
            assert all_registries.digest(host.image("a:1")) == DIGEST
        assert [request.authorization for request in host.requests] == ["", BASIC, BASIC]

        with pytest.raises(Refused, match="wants credentials"):
            registries(transport).digest(host.image("a:1"))
        host.requests.clear()
        with pytest.raises(Refused, match="its credentials are not enough"):
            registries(transport, {host.host: Login("ci", "wrong")}).digest(host.image("a:1"))
        assert [request.method for request in host.requests] == ["HEAD", "HEAD", "GET"]


def test_a_scope_of_another_kind_is_requested_unchanged(transport: Transport) -> None:
    """Amazon's public registry requires `aws` for all repositories, and one token is used for them."""

    def play(request: Request) -> Answer:
        if request.path == "/token":
            assert request.target.endswith("scope=aws")
            return json_answer(200, {"token": "all"})
        realm = f'Bearer realm="{host.url}/token",service="s",scope="aws"'
        return FOUND if request.authorization == "Bearer all" else Answer(401, b"", (("WWW-Authenticate", realm),))

    with ScriptedHost(play) as host:
        wanted = [(host.image(f"r{number}:1"), None) for number in range(30)]
        assert {answer for _, answer in registries(transport).check(wanted)} == {DIGEST}
        assert sum(request.path == "/token" for request in host.requests) == 1


def test_no_secret_is_printed(transport: Transport, peer: TokenRegistry, caplog: pytest.LogCaptureFixture) -> None:
    """Neither logs at any level nor messages contain a password or a token."""
    all_registries = registries(transport, {peer.registry.host: CI})
    with caplog.at_level(logging.DEBUG):
        all_registries.digest(peer.registry.image("a:1"))
        peer.registry.script = in_turn(Answer(403))
        with pytest.raises(Refused) as caught:
            all_registries.digest(peer.registry.image("a:1"))
        client = all_registries.of(peer.registry.image("a:1"))
    printed = caplog.text + str(caught.value) + repr(vars(client)) + repr(vars(all_registries))
    for secret in (CI.password, BASIC.removeprefix("Basic "), *peer.scopes):
        assert secret not in printed


def test_rotated_basic_credentials_are_read_after_a_refusal(transport: Transport, tmp_path: Path, clock: Clock) -> None:
    """One second attempt, with the new password; with the same password there is none."""
    passwords = ["one"]

    def registry(request: Request) -> Answer:
        accepted = request.basic_login == HttpLogin("ci", passwords[0])
        return FOUND if accepted else Answer(401, b"", (("WWW-Authenticate", 'Basic realm="x"'),))

    file = tmp_path / "config.json"
    with ScriptedHost(registry) as host:

        def write(password: str) -> None:
            login = {"username": "ci", "password": password}
            file.write_text(json.dumps({"auths": {host.host: login}}), encoding="utf-8")

        write("one")
        credentials = RegistryCredentials.load(file, {}, (), clock.now)
        all_registries = Registries(transport, credentials)
        assert all_registries.digest(host.image("a:1")) == DIGEST
        passwords[0] = "two-of-them"
        with pytest.raises(Refused):
            all_registries.digest(host.image("a:1"))
        assert sum(request.method == "HEAD" for request in host.requests) == 3
        write("two-of-them")
        host.requests.clear()

        assert all_registries.digest(host.image("a:1")) == DIGEST
        assert [request.basic_login.password for request in host.requests if request.basic_login] == [
            "one",
            "two-of-them",
        ]


def tagged(peer: TokenRegistry, tags: str, manifests: str) -> Script:
    """A registry that wants these scopes for lists of tags and for manifests."""

    def answer(request: Request) -> Answer:
        lists = request.path.endswith("/tags/list")
        wanted = tags if lists else manifests
        granted = peer.scopes.get(request.authorization.removeprefix("Bearer "), [])
        if wanted not in granted:
            header = f'Bearer realm="http://{peer.realm_host}/token",scope="{wanted}"'
            return Answer(401, b"", (("WWW-Authenticate", header),))
        return json_answer(200, {"name": "a", "tags": ["1"]}) if lists else FOUND

    return answer


@pytest.mark.parametrize(
    ("tags", "manifests"),
    [
        ("repository:a:metadata_read", "repository:a:pull"),
        ("repository:a:pull", "repository:a:read"),
        ("registry:catalog:*", "repository:a:pull"),
        ("repository:a:metadata_read", "repository:a:read"),
    ],
)
@pytest.mark.parametrize("first", ["list", "manifest"])
def test_scopes_are_learned_for_one_kind_of_request(
    transport: Transport, peer: TokenRegistry, tags: str, manifests: str, first: str
) -> None:
    """What the registry wants for lists of tags is not requested for manifests, and the reverse; each is kept."""
    peer.registry.script = tagged(peer, tags, manifests)
    all_registries, image = registries(transport), peer.registry.image("a:1")
    if first == "manifest":
        assert all_registries.digest(image) == DIGEST
    for _ in range(3):
        assert list(all_registries.tags(image)) == ["1"]
        assert all_registries.digest(image) == DIGEST

    assert len(peer.token_requests) <= 4
    assert [tags] in peer.token_requests
    assert [manifests] in peer.token_requests


def test_scopes_that_the_registry_no_longer_wants_are_forgotten(transport: Transport, peer: TokenRegistry) -> None:
    """Once it names the usual scope, that one is requested."""
    odd, usual = "repository:a:metadata_read", "repository:a:pull"
    all_registries, image = registries(transport), peer.registry.image("a:1")
    peer.registry.script = tagged(peer, odd, usual)
    assert list(all_registries.tags(image)) == ["1"]
    peer.registry.script = tagged(peer, usual, usual)
    assert list(all_registries.tags(image)) == ["1"]
    peer.tokens.requests.clear()
    peer.expired.update(peer.scopes)
    peer.scopes.clear()
    assert list(all_registries.tags(image)) == ["1"]
    assert peer.token_requests == [[usual]]


@pytest.mark.parametrize("realm", ["/token", "//{host}/token", "http://{host}/token"])
def test_a_relative_realm_is_on_the_registry_s_own_host(realm: str, transport: Transport) -> None:
    """It gets the credentials, as the registry itself would."""

    def play(request: Request) -> Answer:
        if request.path == "/token":
            return json_answer(200, {"token": "granted-by-the-host"})
        header = f'Bearer realm="{realm.format(host=host.host)}",service="s",scope="repository:a:pull"'
        good = request.authorization == "Bearer granted-by-the-host"
        return FOUND if good else Answer(401, b"", (("WWW-Authenticate", header),))

    with ScriptedHost(play) as host:
        assert registries(transport, {host.host: CI}).digest(host.image("a:1")) == DIGEST
        assert [request.authorization for request in host.requests if request.path == "/token"] == [BASIC]


@pytest.mark.parametrize("header", [None, ""])
def test_a_401_that_does_not_say_what_it_requires_gets_the_password_once(
    header: str | None, transport: Transport
) -> None:
    """From then on every request has it; a wrong password is not sent again for the same request."""

    def registry(request: Request) -> Answer:
        headers = () if header is None else (("WWW-Authenticate", header),)
        return FOUND if request.authorization == BASIC else Answer(401, b"", headers)

    with ScriptedHost(registry) as host:
        all_registries = registries(transport, {host.host: CI})
        for _ in range(2):
            assert all_registries.digest(host.image("a:1")) == DIGEST
        assert [request.authorization for request in host.requests] == ["", BASIC, BASIC]
        host.requests.clear()
        with pytest.raises(Refused, match="its credentials are not enough"):
            registries(transport, {host.host: Login("ci", "wrong")}).digest(host.image("a:1"))
        assert sum(request.method == "HEAD" for request in host.requests) == 2
        with pytest.raises(Refused, match="it wants credentials"):
            registries(transport).digest(host.image("a:1"))


def test_a_403_without_a_challenge_gets_no_password(transport: Transport) -> None:
    """It does not ask for one."""
    with ScriptedHost(in_turn(Answer(403))) as host:
        with pytest.raises(Refused):
            registries(transport, {host.host: CI}).digest(host.image("a:1"))
        assert {request.authorization for request in host.requests} == {""}


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("scope", ["repository:a:pull", "*"])
@pytest.mark.parametrize("form", ['Bearer realm="{0}",service="s",scope="{1}"', "bearer realm={0} service=s scope={1}"])
def test_a_challenge_is_answered_whatever_its_status_and_form(
    status: int, scope: str, form: str, transport: Transport
) -> None:
    """Some registries send it with 403, and Gitea's scope stands for everything."""

    def play(request: Request) -> Answer:
        if request.path == "/token":
            return json_answer(200, {"token": "granted-by-the-host"})
        header = form.format(f"{host.url}/token", scope)
        good = request.authorization == "Bearer granted-by-the-host"
        return FOUND if good else Answer(status, b"", (("WWW-Authenticate", header),))

    with ScriptedHost(play) as host:
        assert registries(transport).digest(host.image("a:1")) == DIGEST


@pytest.mark.parametrize("header", ["Negotiate", "=", "Bearer", 'Bearer realm=""', 'Digest realm="x", nonce="y"'])
def test_a_challenge_that_cannot_be_answered_is_a_refusal_in_words(header: str, transport: Transport) -> None:
    """It names the registry; a registry whose way is known already is not put off by it."""
    odd = Answer(401, b"", (("WWW-Authenticate", header),))
    with ScriptedHost(in_turn(odd)) as host:
        with pytest.raises(Refused, match=f"{host.host} (requires authentication by|sent a WWW-Authenticate header)"):
            registries(transport, {host.host: CI}).digest(host.image("a:1"))

        known = Answer(401, b"", (("WWW-Authenticate", "Basic"),))
        host.script = in_turn(known, FOUND, odd)
        all_registries = registries(transport, {host.host: CI})
        assert all_registries.digest(host.image("a:1")) == DIGEST
        with pytest.raises(Refused, match="its credentials are not enough"):
            all_registries.digest(host.image("a:1"))


@pytest.mark.parametrize("challenge", ["Bearer realm={url}/token,service=s", "Basic realm=x", ""])
def test_an_access_token_of_the_auth_file_is_sent_as_it_is(challenge: str, transport: Transport) -> None:
    """As docker does with `registrytoken`; no token server is asked."""

    def registry(request: Request) -> Answer:
        header = (("WWW-Authenticate", challenge.format(url=host.url)),) if challenge else ()
        return FOUND if request.authorization == "Bearer given-by-hand" else Answer(401, b"", header)

    with ScriptedHost(registry) as host:
        login = Login("", "", "", "given-by-hand")
        assert registries(transport, {host.host: login}).digest(host.image("a:1")) == DIGEST
        assert {request.path for request in host.requests} == {"/v2/a/manifests/1"}
        with pytest.raises(Refused, match="its credentials are not enough"):
            registries(transport, {host.host: Login("", "", "", "another-token")}).digest(host.image("a:1"))


class AzureRegistry:
    """Requires `metadata_read` for lists of tags, and `pull` for everything else; a token has what was requested."""

    def __init__(self, host: ScriptedHost) -> None:
        self.host = host
        host.script = self.play

    def play(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path == "/token":
            return json_answer(200, {"access_token": ",".join(parse_qs(urlsplit(request.target).query)["scope"])})
        repository, question = request.path.removeprefix("/v2/").rsplit("/", 2)[:2]
        scope = f"repository:{repository}:{'metadata_read' if question == 'tags' else 'pull'}"
        if scope not in request.authorization.removeprefix("Bearer ").split(","):
            header = f'Bearer realm="{self.host.url}/token",service="s",scope="{scope}"'
            return Answer(401, b"", (("WWW-Authenticate", header),))
        return json_answer(200, {"name": repository, "tags": ["1.0"]}) if question == "tags" else FOUND


@pytest.mark.parametrize("first", ["tags", "manifests"])
def test_a_scope_is_learned_for_one_kind_of_question(first: str, transport: Transport) -> None:
    """A list of tags does not spoil the token for manifests, nor the other way round; both are learned once."""
    with ScriptedHost() as host:
        AzureRegistry(host)
        all_registries = registries(transport, {host.host: CI})
        image = host.image("team/app:1.0")
        asked: list[Callable[[], object]] = [
            lambda: list(all_registries.tags(image)),
            lambda: all_registries.digest(image),
        ]
        for ask in asked if first == "tags" else asked[::-1]:
            ask()
        host.requests.clear()
        for _ in range(2):
            assert list(all_registries.tags(image)) == ["1.0"]
            assert all_registries.digest(image) == DIGEST
        assert all(request.path != "/token" and request.authorization for request in host.requests)
        assert len(host.requests) == 4


def test_a_scope_is_learned_for_one_repository(transport: Transport) -> None:
    """And is unlearned where the registry names the usual one again."""
    scopes = {"a": "repository:a:metadata_read", "b": "repository:b:pull"}

    def play(request: Request) -> Answer:
        if request.path == "/token":
            return json_answer(200, {"token": parse_qs(urlsplit(request.target).query)["scope"][0]})
        scope = scopes[request.path.split("/")[2]]
        header = f'Bearer realm="{host.url}/token",scope="{scope}"'
        return FOUND if request.authorization.endswith(scope) else Answer(401, b"", (("WWW-Authenticate", header),))

    with ScriptedHost(play) as host:
        all_registries = registries(transport)
        for name in ("a", "b", "a"):
            assert all_registries.digest(host.image(f"{name}:1")) == DIGEST
        scopes["a"] = "repository:a:pull"
        for _ in range(2):
            assert all_registries.digest(host.image("a:1")) == DIGEST
        assert "metadata_read" not in host.requests[-1].authorization


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("/v2/team/app/manifests/latest", "manifests"),
        ("/v2/team/app/manifests/sha256:00", "manifests"),
        ("/v2/team/app/tags/list?n=1000", "tags"),
        ("/v2/team/app/blobs/sha256:00", "blobs"),
        ("/v2/tags/manifests/manifests/tags", "manifests"),
        ("/v2/", ""),
        ("/v2/_catalog", ""),
    ],
)
def test_a_path_asks_one_kind_of_question(path: str, question: str) -> None:
    """Whatever the repository is called."""
    assert question_of(path) == question


def test_a_password_that_never_worked_is_a_problem_with_the_registry(transport: Transport) -> None:
    """Until it is accepted. One that works for other repositories is none."""
    accepted = {"never"}

    def registry(request: Request) -> Answer:
        name = request.path.split("/")[2]
        return FOUND if name in accepted and request.authorization else Answer(401, b"", (BASIC_CHALLENGE,))

    with ScriptedHost(registry) as host:
        credentials = RegistryCredentials(DockerConfig(auths={host.host: CI}), {})
        all_registries = Registries(transport, credentials)
        with pytest.raises(Refused):
            all_registries.digest(host.image("a:1"))
        (problem,) = credentials.problems()
        assert (problem.where, problem.message) == (host.host, f"{host.host} answered 401 to its credentials")
        accepted.add("a")
        all_registries.digest(host.image("a:1"))
        assert credentials.problems() == []
        with pytest.raises(Refused):
            all_registries.digest(host.image("b:1"))
        assert credentials.problems() == []


@pytest.mark.parametrize("section", [{"credHelpers": {"HOST": "gone"}}, {"credsStore": "gone"}])
def test_a_refusal_names_the_helper_that_is_missing(
    section: dict[str, object], transport: Transport, tmp_path: Path
) -> None:
    """It would have the credentials."""
    file = tmp_path / "config.json"
    with ScriptedHost(in_turn(Answer(401, b"", (BASIC_CHALLENGE,)))) as host:
        file.write_text(json.dumps(section).replace("HOST", host.host), encoding="utf-8")
        credentials = RegistryCredentials.load(file, {"PATH": str(tmp_path)})
        with pytest.raises(Refused, match=rf"docker-credential-gone, which {file} names, is not in PATH$"):
            Registries(transport, credentials).digest(host.image("a:1"))
