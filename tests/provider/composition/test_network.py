"""The network as settings configure it: proxy, authorities and client certificates, with real peers."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from provider.composition.config_checkout import opened_repository
from provider.composition.parts import Parts
from provider.domain.enrollment import Source
from provider.notifications.channels.table import notifier_of
from provider.ports import SourceFile
from provider.settings import SettingsError, read_settings
from provider.sources.git import GitSource
from provider.tracker.sources.git_command_line import GitCommandLine
from proxy.errors import InvalidSetting, Unreachable
from tests.peers.certificates import self_signed
from tests.peers.connect_proxy import ConnectProxy
from tests.peers.exchange import Login
from tests.peers.fixtures import peers_installed
from tests.peers.git_server import GitServer
from tests.peers.nginx import nginx
from tests.peers.process import LOOPBACK
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import rebuild
from tests.proxy.scripted import ScriptedHost

LOGIN = Login("ci", "password-of-the-proxy")


def opened(tmp_path: Path, environ: Mapping[str, str], **settings: str) -> Parts:
    """The parts of a process with these settings, written without their prefix, and these variables."""
    ours = {"DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}", "REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")}
    written = {f"IMAGE_FACTORY_{name}": text for name, text in {**ours, **settings}.items()}
    return Parts.open(read_settings({**environ, **written}))


@pytest.mark.parametrize("by", ["EGRESS_PROXY", "EGRESS_PROXY_FILE", "HTTPS_PROXY", "https_proxy"])
def test_everything_leaves_through_the_proxy(by: str, tmp_path: Path) -> None:
    """By the setting, its file, or the environment; what NO_PROXY names does not; the password is hidden."""
    trusted, private = self_signed("far.test", ["far.test"]).write(tmp_path, "far")
    with ConnectProxy(login=LOGIN) as proxy, ScriptedHost(certificate=private) as host:
        address = proxy.url.replace("://", f"://{LOGIN.user}:{LOGIN.password}@")
        (tmp_path / "proxy").write_text(f"{address}\n", encoding="utf-8")
        value = str(tmp_path / "proxy") if by.endswith("_FILE") else address
        ours = {by: value} if by.startswith("EGRESS") else {}
        environ = {"NO_PROXY": "near.test", **({} if ours else {by: value})}
        port = host.host.partition(":")[2]
        with opened(tmp_path, environ, CA_BUNDLE=str(trusted), **ours) as parts:
            parts.check()
            assert parts.transport.request("GET", f"https://far.test:{port}/a", {}).status == 200
            assert parts.cloud_transport.request("GET", f"https://far.test:{port}/b", {}).status == 200
            with pytest.raises(Unreachable, match=r"near\.test does not resolve"):
                parts.transport.request("GET", f"https://near.test:{port}/a", {})
            assert LOGIN.password not in parts.redactor(f"a log with {address}")
            assert LOGIN.password not in repr(parts.settings)
        assert set(proxy.targets) == {f"far.test:{port}"}


def test_a_bundle_is_trusted_beside_the_system(tmp_path: Path) -> None:
    """Without it the host's certificate is not trusted; its file may have several."""
    trusted, private = self_signed("own").write(tmp_path, "own")
    other, _ = self_signed("other").write(tmp_path, "other")
    both = tmp_path / "bundle.pem"
    both.write_bytes(other.read_bytes() + trusted.read_bytes())
    with ScriptedHost(certificate=private) as host:
        with opened(tmp_path, {}, PRIVATE_HOSTS=LOOPBACK) as parts, pytest.raises(Unreachable, match="not trusted"):
            parts.transport.request("GET", f"{host.url}/a", {})
        with opened(tmp_path, {}, PRIVATE_HOSTS=LOOPBACK, CA_BUNDLE=str(both)) as parts:
            assert parts.transport.request("GET", f"{host.url}/a", {}).status == 200
            assert parts.trusted.file
            assert len(parts.trusted.file.read_bytes()) > len(both.read_bytes())


def test_a_host_that_asks_for_a_certificate_gets_it(tmp_path: Path) -> None:
    """Only that host; without a certificate it refuses the request."""
    trusted, private = self_signed("own").write(tmp_path, "own")
    known, shown = self_signed("ci").write(tmp_path, "ci")
    folder = tmp_path / "nginx"
    folder.mkdir()
    lines = ("ssl_verify_client on;", f"ssl_client_certificate {known};", "location / { return 200 $ssl_client_s_dn; }")
    with peers_installed(), nginx(folder, private, *lines) as front:
        settings = {"PRIVATE_HOSTS": LOOPBACK, "CA_BUNDLE": str(trusted)}
        with opened(tmp_path, {}, **settings, CLIENT_CERTIFICATES=f"{front.host}={shown}") as parts:
            answer = parts.transport.request("GET", f"https://{front.host}/a", {})
            assert (answer.status, answer.body) == (200, b"CN=ci")
        for others in ({}, {"CLIENT_CERTIFICATES": f"{LOOPBACK}:1={shown}"}):
            with opened(tmp_path, {}, **settings, **others) as parts:
                assert parts.transport.request("GET", f"https://{front.host}/a", {}).status == 400


@pytest.mark.parametrize("name", ["CA_BUNDLE", "CLIENT_CERTIFICATES"])
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_files_that_cannot_be_used_stop_the_start(name: str, content: str | None, tmp_path: Path) -> None:
    """The message has the setting and the file."""
    file = tmp_path / "wrong.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    value = str(file) if name == "CA_BUNDLE" else f"registry.example.com={file}"
    with opened(tmp_path, {}, **{name: value}) as parts, pytest.raises(InvalidSetting) as caught:
        parts.check()
    assert f"IMAGE_FACTORY_{name}: " in str(caught.value)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            {"IMAGE_FACTORY_EGRESS_PROXY": "socks5://ci:secret@p"},
            "IMAGE_FACTORY_EGRESS_PROXY: a proxy that is reached by",
        ),
        ({"IMAGE_FACTORY_EGRESS_PROXY": "http://ci:secret@"}, "IMAGE_FACTORY_EGRESS_PROXY: this is not the address"),
        ({"HTTPS_PROXY": "http://ci:secret@["}, "HTTPS_PROXY: this is not the address of a proxy"),
        (
            {"IMAGE_FACTORY_CLIENT_CERTIFICATES": "a.test"},
            "IMAGE_FACTORY_CLIENT_CERTIFICATES: 'a.test' is not a host and",
        ),
        ({"IMAGE_FACTORY_CLIENT_CERTIFICATES": "a.test=c.pem"}, "is not a host and its client certificate"),
        ({"IMAGE_FACTORY_CLIENT_CERTIFICATES": "a b=/c.pem"}, "'a b' is not a host"),
        ({"IMAGE_FACTORY_CLIENT_CERTIFICATES": "a=/c.pem,A=/d.pem"}, "A has two client certificates"),
    ],
)
def test_settings_that_cannot_be_read_are_named(environ: Mapping[str, str], problem: str) -> None:
    """What to write is in the message, a password is not."""
    with pytest.raises(SettingsError, match=problem) as caught:
        read_settings(environ)
    assert "secret" not in str(caught.value)


def test_a_client_certificate_has_one_file_or_two() -> None:
    """The key is the second one; `~` is the home of the service."""
    found = read_settings(
        {"HOME": "/home/ci", "IMAGE_FACTORY_CLIENT_CERTIFICATES": "A.test:5000=~/c.pem:~/k.pem, b.test=/both.pem"}
    ).client_certificates

    assert {host: (str(each.certificate), str(each.key)) for host, each in found.items()} == {
        "a.test:5000": ("/home/ci/c.pem", "/home/ci/k.pem"),
        "b.test": ("/both.pem", "/both.pem"),
    }


def test_git_leaves_through_the_proxy_and_trusts_the_bundle(tmp_path: Path) -> None:
    """Sources, tracked repositories and the config repository; their names are not resolved here."""
    trusted, private = self_signed("far.test", ["far.test"]).write(tmp_path, "far")
    root = tmp_path / "git"
    root.mkdir()
    with peers_installed(), ConnectProxy(login=LOGIN) as proxy, GitServer(root, certificate=private) as server:
        server.anonymous_reading = True
        server.create("acme/app", {"Dockerfile": "FROM scratch\n", "images.yaml": "[]\n"}, tags=["1.0.0"])
        url = f"https://far.test:{server.host.partition(':')[2]}/acme/app.git"
        address = proxy.url.replace("://", f"://{LOGIN.user}:{LOGIN.password}@")
        settings = {"EGRESS_PROXY": address, "CA_BUNDLE": str(trusted), "CONFIG_REPO": url}
        with opened(tmp_path, {}, **settings, CONFIG_TOKEN=server.write_token) as parts:
            files = GitSource.of(parts).files(Source("git", url, None), ["Dockerfile"])
            assert isinstance(files["Dockerfile"], SourceFile)
            tags = GitCommandLine(parts.transport.policy, parts.git_network).tags(url, None)
            assert [tag.name for tag in tags] == ["1.0.0"]
            with opened_repository(parts, tmp_path / "checkout"):
                assert (tmp_path / "checkout" / "images.yaml").is_file()
        assert {target.partition(":")[0] for target in proxy.targets} == {"far.test"}


def test_messages_to_slack_leave_through_the_proxy(slack: Slack, tmp_path: Path) -> None:
    """The host of Slack is not resolved here."""
    slack.apart = 0
    port = slack.host.partition(":")[2]
    with ConnectProxy() as proxy:
        settings = {"SLACK_TOKEN": slack.token, "SLACK_CHANNEL": "#builds", "EGRESS_PROXY": proxy.url}
        with opened(tmp_path, {}, **settings, SLACK_API_URL=f"http://slack.test:{port}/api/") as parts:
            notifier_of(parts.settings, parts.transport).send(rebuild())
        assert proxy.targets == [f"http://slack.test:{port}/api/chat.postMessage"]
    assert len(slack.messages) == 1
