"""The webhooks that are looked after, from the settings to GitHub."""

from pathlib import Path

import pytest

from provider.composition.parts import Parts
from provider.composition.problems import problem_sources
from provider.composition.upkeep import webhook_upkeep
from provider.settings import SettingsError, read_settings
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.github.keys import APP_ID, private_pem, public_pem

SECRET = "a-secret-of-github-webhooks"


def look(tmp_path: Path, github: GitHub, **variables: str) -> list[str]:
    """Look once with these settings; the problems of webhooks that are known then."""
    environ = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/factory.db",
        "GITHUB_API_URL": github.url,
        "REGISTRY_AUTH_FILE": f"{tmp_path}/none.json",
        **variables,
    }
    settings = read_settings({f"IMAGE_FACTORY_{name}": value for name, value in environ.items()})
    with Parts.open(settings) as parts:
        webhook_upkeep(parts).run()
        return [
            problem.message
            for source in problem_sources(parts.engine, parts.settings)
            for problem in source()
            if problem.kind == "webhooks"
        ]


def test_the_webhooks_of_the_settings_are_looked_after(tmp_path: Path, github: GitHub) -> None:
    """One of a repository and one of an organization, with the token."""
    github.add_repository(NAME, FILES)
    hooks = [github.add_hook(f"{NAME}/12"), github.add_hook("acme/34")]
    for number, hook in enumerate(hooks):
        github.attempt(hook, f"lost-{number}", 502)
    names = f"{NAME}/12, acme/34"

    assert look(tmp_path, github, GITHUB_TOKEN=TOKEN, GITHUB_HOOKS=names, GITHUB_WEBHOOK_SECRET=SECRET) == []
    assert [[each.redelivery for each in hook.attempts] for hook in hooks] == [[False, True]] * 2


def test_the_webhook_of_the_app_needs_no_setting(tmp_path: Path, github: GitHub) -> None:
    """The App may always see its own."""
    github.apps.register(APP_ID, public_pem())
    hook = github.add_hook(APP_ID)
    github.attempt(hook, "lost", 502)
    key = private_pem().reveal()

    app = {"GITHUB_APP_ID": APP_ID, "GITHUB_APP_PRIVATE_KEY": key}
    assert look(tmp_path, github, **app, GITHUB_WEBHOOK_SECRET=SECRET) == []
    assert [each.redelivery for each in hook.attempts] == [False, True]


def test_without_a_secret_nothing_is_asked_for(tmp_path: Path, github: GitHub) -> None:
    """The delivery would be refused."""
    look(tmp_path, github, GITHUB_TOKEN=TOKEN, GITHUB_HOOKS=f"{NAME}/12")

    assert github.log == []


def test_a_webhook_that_may_not_be_managed_is_a_problem(tmp_path: Path, github: GitHub) -> None:
    """With the answer of GitHub."""
    github.add_repository(NAME, FILES)
    github.add_hook(f"{NAME}/12")
    github.add_token("ghp_weak", "weak", can_manage_hooks=False)
    settings = {"GITHUB_HOOKS": f"{NAME}/12", "GITHUB_WEBHOOK_SECRET": SECRET}

    (problem,) = look(tmp_path, github, GITHUB_TOKEN="ghp_weak", **settings)
    assert "404" in problem


@pytest.mark.parametrize(
    "text", ["12", "acme", "acme/portal", "acme/portal/x", "a b/1", "acme/../1", "https://github.com/a/b/1"]
)
def test_what_is_no_webhook_is_refused_at_the_start(text: str) -> None:
    """With a right example."""
    with pytest.raises(SettingsError, match=r"IMAGE_FACTORY_GITHUB_HOOKS: .* acme/portal/12345678"):
        read_settings({"IMAGE_FACTORY_GITHUB_HOOKS": text})
