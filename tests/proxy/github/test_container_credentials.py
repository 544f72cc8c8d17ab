"""GitHub's token for its container registry."""

import pytest

from proxy.github.app import AppCredentials
from proxy.github.container_credentials import GitHubContainerCredentials, container_host
from proxy.github.credentials import FixedToken
from proxy.http.transport import Transport
from proxy.secrets.credential_sources import NoneForOwner
from proxy.secrets.secret import Secret
from tests.peers.github.server import GitHub
from tests.proxy.clocks import Clock
from tests.proxy.github.keys import APP_ID, private_pem, public_pem


@pytest.mark.parametrize(
    ("api_url", "host"),
    [
        ("https://api.github.com", "ghcr.io"),
        ("https://API.GitHub.com", "ghcr.io"),
        ("https://github.example.com/api/v3", "containers.github.example.com"),
        ("https://github.example.com:8443/api/v3", "containers.github.example.com:8443"),
        ("https://api.acme.ghe.com", "containers.acme.ghe.com"),
    ],
)
def test_each_github_has_a_registry_of_its_own(api_url: str, host: str) -> None:
    """The token of another GitHub is not sent to ghcr.io."""
    source = GitHubContainerCredentials(container_host(api_url), lambda: FixedToken(Secret("ghp_x")))

    assert container_host(api_url) == host
    assert [source.serves(each) for each in (host, "quay.io", f"{host}.evil.com")] == [True, False, False]


def test_the_fixed_token_is_the_password_for_every_owner() -> None:
    """All repositories share it; without a repository, or without a token, there are no credentials."""
    source = GitHubContainerCredentials("ghcr.io", lambda: FixedToken(Secret("ghp_x")))
    issued = source.issue("ghcr.io", "acme/app")

    assert issued is not None
    assert issued.credentials.password == Secret("ghp_x")
    assert issued.expires_at is None
    assert source.account("ghcr.io", "acme/app") == source.account("ghcr.io", "other/app")
    assert source.issue("ghcr.io", None) is None
    assert GitHubContainerCredentials("ghcr.io", lambda: FixedToken(None)).issue("ghcr.io", "acme/app") is None


def test_an_app_issues_a_token_for_each_owner(github: GitHub, transport: Transport, clock: Clock) -> None:
    """The owner is the first part of the repository, in any case; one that has not installed the App gives none."""
    github.state.clock = clock.now
    app = github.apps.register(APP_ID, public_pem())
    for owner in ("acme", "mona"):
        github.apps.install(app, owner)
    credentials = AppCredentials(transport, github.url, APP_ID, private_pem(), clock.now)
    source = GitHubContainerCredentials("ghcr.io", lambda: credentials)

    issued = [source.issue("ghcr.io", each) for each in ("acme/app", "Acme/team/base", "mona/app")]
    passwords = [each.credentials.password for each in issued if each]
    assert passwords[0] == passwords[1] != passwords[2]
    assert source.account("ghcr.io", "acme/app") == source.account("ghcr.io", "Acme/team/base") != "mona"
    with pytest.raises(NoneForOwner, match="is not installed for stranger; install it"):
        source.issue("ghcr.io", "stranger/app")
