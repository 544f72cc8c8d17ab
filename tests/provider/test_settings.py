"""Tests of the settings."""

import dataclasses
import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.callers import CallerRole
from provider.composition.parts import Parts
from provider.settings import Settings, SettingsError, read_settings
from provider.settings.author import CommitAuthor
from provider.settings.contact import Contact

PREFIX = "IMAGE_FACTORY_"
DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
PROVIDER = {
    "OIDC_ISSUER": "https://login.example.com",
    "OIDC_CLIENT_ID": "factory",
    "GROUP_ROLES": "*:read",
    "PUBLIC_URL": "https://factory.example.com",
}
ROW = re.compile(rf"^\| {PREFIX}([A-Z_]+) \| (?:`([^`]+)`|none) \| (.+) \|$", re.MULTILINE)


def settings(**variables: str) -> Settings:
    """The settings with these variables, written without their prefix."""
    return read_settings({f"{PREFIX}{name}": text for name, text in variables.items()})


def problems(**variables: str) -> tuple[str, ...]:
    """The problems of these variables, written without their prefix."""
    with pytest.raises(SettingsError) as raised:
        settings(**variables)
    return raised.value.problems


def rows() -> dict[str, tuple[str, str]]:
    """Default and description of each documented variable."""
    return {name: (default, text) for name, default, text in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))}


def test_every_setting_is_documented() -> None:
    """The table has a row for each field, in the same order, and no other row."""
    fields = [field.name.upper() for field in dataclasses.fields(Settings)]
    # OpenTelemetry's variables have names of their own: docs/tracing.md.
    assert [*rows(), "TRACES"] == fields


def test_documented_defaults_are_the_defaults() -> None:
    """Setting every variable to its documented default changes nothing."""
    assert settings(**{name: default for name, (default, _) in rows().items() if default}) == settings()


def test_a_setting_with_default_none_is_empty() -> None:
    """A setting without default is None or empty when it is not set."""
    unset = settings()
    assert not any(getattr(unset, name.lower()) for name, (default, _) in rows().items() if not default)


@pytest.mark.parametrize("name", [name for name, (_, text) in rows().items() if "**file**" in text])
def test_secrets_come_from_files_too(name: str, tmp_path: Path) -> None:
    """Every variable that is documented as a secret is read from the file that NAME_FILE names."""
    token = "t0ken-of-16-and-more"
    proxy = f"http://ci:{token}@proxy.example.com:3128"
    right = {"EGRESS_PROXY": proxy, "API_TOKENS": f"ci:rebuild:{token}", "DATABASE_URL": "sqlite:///elsewhere.db"}.get(
        name, token
    )
    beside = {
        "GITHUB_APP_PRIVATE_KEY": {"GITHUB_APP_ID": "1"},
        "BACKSTAGE_TOKEN": {"BACKSTAGE_URL": "https://backstage.example.com"},
        "OIDC_CLIENT_SECRET": PROVIDER,
        "PROXY_SECRET": {"PROXY_USER_HEADER": "X-Forwarded-User", "GROUP_ROLES": "*:read"},
        "RELEASES_WEBHOOK_SECRET": {"RELEASES_WEBHOOK_URL": "https://hooks.example.com/releases"},
    }
    others = beside.get(name, {})
    file = tmp_path / "secret"
    file.write_text(f"{right}\n", encoding="utf-8")

    by_file = settings(**{f"{name}_FILE": str(file)}, **others)

    assert by_file == settings(**{name: right}, **others)
    assert by_file != settings()
    assert "t0ken-of-16-and-more" not in repr(by_file)


def test_values_are_parsed() -> None:
    """Lists, mirrors, durations, switches and tokens are parsed."""
    found = settings(
        API_TOKENS="ci:rebuild:first-token-of-two, ops:admin:second-token-of-two",
        CATALOG_PUBLIC="on",
        COORDINATION_WINDOW="0s",
        CHECK_INTERVAL="90s",
        REGISTRY_MIRRORS="docker.io=http://127.0.0.1:5000/, ghcr.io=https://mirror.example.com/ghcr",
        TRUSTED_REALMS="Registry.example.com=auth.example.com, r.internal:5000=sso.internal:8443",
        SLACK_API_URL="http://127.0.0.1:9/api",
        ADMINS="group:default/platform,user:default/jane",
        COMMIT_AUTHOR="The Factory <factory@example.com>",
    )
    assert found.commit_author == CommitAuthor("The Factory", "factory@example.com")
    assert [(token.name, token.role) for token in found.api_tokens] == [
        ("ci", CallerRole.REBUILD),
        ("ops", CallerRole.ADMIN),
    ]
    assert found.catalog_public is True
    assert (found.coordination_window, found.check_interval) == (timedelta(0), timedelta(seconds=90))
    assert found.registry_mirrors == {
        "docker.io": "http://127.0.0.1:5000",
        "ghcr.io": "https://mirror.example.com/ghcr",
    }
    assert found.trusted_realms == {
        "registry.example.com": "auth.example.com",
        "r.internal:5000": "sso.internal:8443",
    }
    assert found.slack_api_url == "http://127.0.0.1:9/api/"
    assert found.admins == ("group:default/platform", "user:default/jane")


def test_every_problem_is_reported_at_once() -> None:
    """Each problem is one line, with the variable and what to write."""
    found = problems(
        CHECK_INTERVAL="0s",
        COORDINATION_WINDOW="soon",
        MAX_CONCURRENT_BUILDS="0",
        DEFAULT_OWNER="platform",
        ADMINS="group:default/platform,jane",
        GITLAB_URL="gitlab.example.com",
        LOG_FORMAT="xml",
        ENROLLMENTS="push",
        COMMIT_AUTHOR="factory@example.com",
        CATALOG_PUBLIC="perhaps",
        REGISTRY_MIRRORS="docker.io",
        PRIVATE_HOSTS="https://host",
        CONFIG_REPO="ext::sh",
        CONFIG_TOKEN_FILE="/does/not/exist",
        POLL_INTERVALL="1h",
        TRUSTED_REALMS="registry.example.com",
        WORKER_ID="worker 1",
    )
    variables = [line.partition(":")[0].removeprefix(PREFIX) for line in found]
    assert variables == [
        "ADMINS",
        "CATALOG_PUBLIC",
        "CHECK_INTERVAL",
        "COMMIT_AUTHOR",
        "CONFIG_REPO",
        "CONFIG_TOKEN_FILE",
        "COORDINATION_WINDOW",
        "DEFAULT_OWNER",
        "ENROLLMENTS",
        "GITLAB_URL",
        "LOG_FORMAT",
        "MAX_CONCURRENT_BUILDS",
        "POLL_INTERVALL",
        "PRIVATE_HOSTS",
        "REGISTRY_MIRRORS",
        "TRUSTED_REALMS",
        "WORKER_ID",
    ]
    assert all("\n" not in line for line in found)
    assert (
        found[0]
        == f"{PREFIX}ADMINS: 'jane' is not an owner; write for example group:default/platform or user:default/jane"
    )


@pytest.mark.parametrize(
    ("written", "registry"),
    [
        ("index.docker.io", "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("Docker.IO:443", "docker.io"),
        ("GHCR.io", "ghcr.io"),
        ("registry.example.com:443", "registry.example.com"),
        ("registry.example.com:5000", "registry.example.com:5000"),
    ],
)
def test_a_mirrored_registry_may_be_written_in_any_of_its_spellings(written: str, registry: str) -> None:
    """It is one registry: a second mirror for it is refused, and Docker Hub's own API is not asked where it has one."""
    found = settings(REGISTRY_MIRRORS=f"{written}=https://mirror.example.com")

    assert found.registry_mirrors == {registry: "https://mirror.example.com"}
    assert (found.docker_hub_address is None) is (registry == "docker.io")
    (line,) = problems(REGISTRY_MIRRORS=f"{written}=https://a.example.com,{registry}=https://b.example.com")
    assert f"{registry} has two mirrors; keep one" in line


@pytest.mark.parametrize("written", ["docker.io", "index.docker.io", "registry-1.docker.io", "Docker.io"])
def test_each_name_of_docker_hub_has_one_token_host(written: str) -> None:
    """Its images have one name too."""
    found = settings(TRUSTED_REALMS=f"{written}=sso.example.com")

    assert found.trusted_realms == {"docker.io": "sso.example.com"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("r.example.com=", "'r.example.com=' is not a registry and its token host; write for example "),
        ("=auth.example.com", "'=auth.example.com' is not a registry and its token host; write for example "),
        ("r.example.com=https://auth.example.com", "'https://auth.example.com' is not a host; "),
        ("r.example.com=a.example.com,R.example.com=b.example.com", "R.example.com has two token hosts; write one"),
    ],
)
def test_a_trusted_realm_is_a_registry_and_a_host(text: str, problem: str) -> None:
    """Both sides are required, both are hosts and not addresses, and no registry is written twice."""
    (line,) = problems(TRUSTED_REALMS=text)
    assert line.startswith(f"{PREFIX}TRUSTED_REALMS: {problem}")


@pytest.mark.parametrize(
    ("text", "clouds"),
    [
        ("auto", None),
        ("none", frozenset()),
        ("aws", {"aws"}),
        ("GCP, azure", {"gcp", "azure"}),
        ("aws,gcp,azure,aws", {"aws", "gcp", "azure"}),
    ],
)
def test_clouds_are_named_or_found(text: str, clouds: frozenset[str] | None) -> None:
    """The words for all and for none stand alone."""
    assert settings(CLOUD_CREDENTIALS=text).cloud_credentials == clouds


@pytest.mark.parametrize(("text", "at"), [("08:00", time(8)), ("23:59", time(23, 59)), ("", None)])
def test_a_summary_has_a_time_of_the_day(text: str, at: time | None) -> None:
    """In hours and minutes; without it there is none."""
    assert settings(RELEASES_SUMMARY=text).releases_summary == at


@pytest.mark.parametrize("text", ["8", "8:00", "24:00", "08:60", "08:00 UTC", "daily"])
def test_another_time_of_the_day_is_reported(text: str) -> None:
    """The message has an example."""
    assert "write hours and minutes in UTC, for example 08:00" in problems(RELEASES_SUMMARY=text)[0]


@pytest.mark.parametrize(
    ("text", "wrong"), [("amazon", "'amazon'"), ("aws,none", "'none'"), ("auto,gcp,x", "'auto', 'x'")]
)
def test_an_unknown_cloud_is_reported(text: str, wrong: str) -> None:
    """With the words that can be written."""
    (line,) = problems(CLOUD_CREDENTIALS=text)
    assert line == (f"{PREFIX}CLOUD_CREDENTIALS: {wrong} is not a cloud; write auto, none, or some of aws, gcp, azure")


def test_a_typo_is_reported() -> None:
    """An unknown variable is reported with the nearest known one; variables with other prefixes are ignored."""
    assert problems(GITHUB_TOKN="x") == (
        f"{PREFIX}GITHUB_TOKN: there is no such setting; did you mean {PREFIX}GITHUB_TOKEN?",
    )
    assert problems(PORT="8080")
    assert read_settings({"IMAGE_FACTORIES": "x", "PATH": "/bin"}) == settings()


def test_variables_of_kubernetes_are_ignored() -> None:
    """A Service named image-factory or image-factory-web causes no problem."""
    assert (
        settings(
            SERVICE_HOST="10.0.0.1",
            SERVICE_PORT="80",
            SERVICE_PORT_HTTP="80",
            PORT="tcp://10.0.0.1:80",
            PORT_80_TCP="tcp://10.0.0.1:80",
            PORT_80_TCP_ADDR="10.0.0.1",
            PORT_80_TCP_PORT="80",
            WEB_SERVICE_HOST="10.0.0.2",
            WEB_PORT="tcp://10.0.0.2:80",
        )
        == settings()
    )


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"GITHUB_TOKEN": "t", "GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": "k"}, ["GITHUB_TOKEN"]),
        ({"GITHUB_APP_ID": "1"}, ["GITHUB_APP_PRIVATE_KEY"]),
        ({"GITHUB_APP_PRIVATE_KEY": "k"}, ["GITHUB_APP_ID"]),
        ({"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY_FILE": "/does/not/exist"}, ["GITHUB_APP_PRIVATE_KEY_FILE"]),
        ({"SECRET_KEY": "a", "SECRET_KEY_FILE": "/b"}, ["SECRET_KEY and IMAGE_FACTORY_SECRET_KEY_FILE are both set"]),
    ],
)
def test_conflicting_settings_are_reported(variables: dict[str, str], named: list[str]) -> None:
    """A token beside an app, an incomplete app, and a secret that is set twice are each reported in one line."""
    assert [line.removeprefix(PREFIX).partition(":")[0].partition(";")[0] for line in problems(**variables)] == named


@pytest.mark.parametrize(
    "variables",
    [
        {"API_TOKENS": "hunter2"},
        {"API_TOKENS": "ci:hunter2:admin"},
        {"API_TOKENS": "ci:admin:hunter2 with space"},
        {"API_TOKENS": "ci:admin:hunter2"},
        {"API_TOKENS": "hunter2-and-much-longer:admin:ci"},
        {"SECRET_KEY": "hunter2"},
        {"CATALOG_TOKEN": "hunter2-hunter2"},
        {"GITHUB_TOKEN": "hunter2\nX-Other: y"},
        {"DATABASE_URL": "mysql://me:hunter2@host/name"},
        {"CONFIG_REPO": "https://me:hunter2@host/name.git"},
        {"BACKSTAGE_URL": "https://me:hunter2@host"},
        {"RELEASES_WEBHOOK_URL": "https://me:hunter2@host/hook"},
        {"RELEASES_WEBHOOK_URL": "http://host/hunter2"},
        {"REGISTRY_MIRRORS": "docker.io=https://me:hunter2@host"},
        {"REGISTRY_MIRRORS": "https://me:hunter2@host"},
        {"PRIVATE_HOSTS": "me:hunter2@host"},
        {"OIDC_ISSUER": "https://me:hunter2@host"},
    ],
)
def test_no_message_holds_a_secret(variables: dict[str, str]) -> None:
    """The message about a wrong password or token does not contain it."""
    assert not any("hunter2" in line for line in problems(**variables))


@pytest.mark.parametrize("name", ["SECRET_KEY", "CATALOG_TOKEN", "WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET"])
def test_a_secret_that_can_be_guessed_is_refused(name: str) -> None:
    """Fifteen characters are too few, sixteen are enough; the message says how to make one."""
    assert [line.partition(";")[2] for line in problems(**{name: "x" * 15})] == [" make one with: openssl rand -hex 32"]
    assert settings(**{name: "x" * 16}) != settings()


@pytest.mark.parametrize(
    ("text", "number"),
    [("hunter2", 1), (f"{'x' * 16},hunter2", 2), (f"{'x' * 16}, ", 2), (f",{'x' * 16}", 1), (",", 1)],
)
@pytest.mark.parametrize("name", ["WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET"])
def test_each_of_several_secrets_is_long(name: str, text: str, number: int) -> None:
    """A forged request costs a check, and a forged report is the result of a build; the message repeats no secret."""
    (problem,) = problems(**{name: text})

    assert f"secret {number} has fewer than 16 characters and can be guessed" in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("tokens", "named"),
    [
        ("ci:admin:x", "entry 1 (ci)"),
        (f"ci:admin:{'x' * 15}", "entry 1 (ci)"),
        (f"ci:admin:{'x' * 16},ops:read:y", "entry 2 (ops)"),
        (f"{'x' * 32}:admin:ci", "entry 1"),
    ],
)
def test_a_service_token_that_can_be_guessed_is_refused(tokens: str, named: str) -> None:
    """The message has the number and the name of the entry, unless the name may be a token in the wrong place."""
    (problem,) = problems(API_TOKENS=tokens)

    assert f"the token of {named} has fewer than 16 characters and can be guessed; make one with" in problem
    assert "xxx" not in problem


@given(st.dictionaries(st.sampled_from(sorted(rows())), st.text(max_size=30), max_size=5))
def test_any_text_gives_settings_or_problems(variables: dict[str, str]) -> None:
    """The only error is `SettingsError`, and it names only variables that are set."""
    try:
        settings(**variables)
    except SettingsError as error:
        hooks = {"RELEASES_WEBHOOK_URL", "RELEASES_WEBHOOK_SECRET"}
        together = {"GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "BACKSTAGE_URL", "TRUSTED_PROXIES", "PROXY_USER_HEADER"}
        together |= {*hooks, *PROVIDER}
        named = {line.partition(":")[0].removeprefix(PREFIX) for line in error.problems}
        assert named <= {*variables, *together}


def test_the_process_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the given mapping is read."""
    monkeypatch.setenv("IMAGE_FACTORY_PUBLIC_URL", "https://elsewhere.example.com")
    monkeypatch.setenv("HOME", "/elsewhere")
    assert settings().public_url == "http://127.0.0.1:8080"
    assert settings().registry_auth_file == Path("/.docker/config.json")
    assert read_settings({"HOME": "/home/me"}).registry_auth_file == Path("/home/me/.docker/config.json")


@pytest.mark.parametrize(
    ("variables", "known"),
    [
        ({}, None),
        ({"PUBLIC_URL": ""}, None),
        ({"PUBLIC_URL": "https://images.example.com/"}, "https://images.example.com"),
        ({"PUBLIC_URL": "http://127.0.0.1:8090"}, "http://127.0.0.1:8090"),
    ],
)
def test_the_default_address_leads_nobody_elsewhere(variables: dict[str, str], known: str | None) -> None:
    """Links in Backstage lead to the service only where its address is set."""
    assert settings(**variables).known_public_url == known


def test_hosts_of_other_settings_count_as_listed() -> None:
    """Each configured address lists its host; plain http is allowed only for hosts of http addresses."""
    found = settings(
        PRIVATE_HOSTS="Git.Internal",
        INSECURE_REGISTRIES="127.0.0.1:5000",
        CONFIG_REPO="git@code.internal:team/config.git",
        REGISTRY_MIRRORS="docker.io=http://mirror.internal:5001,ghcr.io=https://cache.internal",
        BACKSTAGE_URL="http://127.0.0.1:7007/",
        GITLAB_URL="https://gitlab.internal:8443",
        TRUSTED_REALMS="r.internal=sso.internal",
    )
    assert found.listed_hosts == (
        "git.internal",
        "127.0.0.1:5000",
        "r.internal",
        "sso.internal",
        "code.internal",
        "mirror.internal:5001",
        "cache.internal",
        "api.github.com",
        "gitlab.internal:8443",
        "slack.com",
        "127.0.0.1:7007",
    )
    assert found.http_hosts == ("127.0.0.1:5000", "mirror.internal:5001", "127.0.0.1:7007")
    assert settings(CONFIG_REPO="ssh://git@code.internal:2222/a/b").listed_hosts[0] == "code.internal:2222"
    assert settings(CONFIG_REPO="http://127.0.0.1:81/a.git").http_hosts == ("127.0.0.1:81",)


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "https://hub.docker.com"),
        ({"REGISTRY_MIRRORS": "ghcr.io=https://cache.internal"}, "https://hub.docker.com"),
        ({"REGISTRY_MIRRORS": "docker.io=https://cache.internal"}, None),
        ({"REGISTRY_MIRRORS": "docker.io=https://cache.internal", "DOCKER_HUB_USER": "me"}, "https://hub.docker.com"),
        (
            {"REGISTRY_MIRRORS": "docker.io=https://c.internal", "DOCKER_HUB_API_URL": "https://hub.internal"},
            "https://hub.internal",
        ),
        (
            {"REGISTRY_MIRRORS": "docker.io=https://c.internal", "DOCKER_HUB_API_URL": "https://hub.docker.com"},
            "https://hub.docker.com",
        ),
    ],
)
def test_a_mirror_of_docker_hub_replaces_its_api(variables: dict[str, str], address: str | None) -> None:
    """Behind a mirror hub.docker.com cannot be reached as a rule; a setting about the API says that it can."""
    token = {"DOCKER_HUB_TOKEN": "secret"} if "DOCKER_HUB_USER" in variables else {}
    with Parts.open(settings(**variables, **token)) as parts:
        assert parts.settings.docker_hub_address == address
        assert (parts.docker_hub is None) is (address is None)


def test_authentication_is_tokens_or_backstage() -> None:
    """Callers can authenticate with either of them, and not without both."""
    assert not settings().authenticated
    assert settings(API_TOKENS="ci:read:a-token-that-is-long").authenticated
    assert settings(BACKSTAGE_URL="https://backstage.example.com").authenticated


def test_every_secret_is_among_the_secrets() -> None:
    """The secrets are the tokens, the keys, the tokens of callers, and the password of the database."""
    given = settings(
        DATABASE_URL="postgresql+psycopg://me:data%40base@host/name",
        GITHUB_TOKEN="github-token",
        API_TOKENS="ci:read:first-token-of-api,ops:admin:second-token-of-api",
        CATALOG_TOKEN="token-of-the-catalog",
        DOCKER_HUB_USER="me",
        DOCKER_HUB_TOKEN="hub-token",
        WEBHOOK_SECRET="the-new-secret-of-hooks,the-old-secret-of-hooks",
    )
    found = {secret.reveal() for secret in given.secrets}

    assert found >= {"data@base", "github-token", "first-token-of-api", "second-token-of-api"}
    assert found >= {"token-of-the-catalog", "hub-token"}
    assert found >= {"the-new-secret-of-hooks", "the-old-secret-of-hooks"}


@pytest.mark.parametrize(
    ("variables", "hosts"),
    [
        ({"INSECURE_HOSTS": "git.example.com"}, ("git.example.com",)),
        ({"INSECURE_REGISTRIES": "127.0.0.1:5000"}, ("127.0.0.1:5000",)),
        (
            {"INSECURE_HOSTS": "a.example.com,b.example.com", "INSECURE_REGISTRIES": "b.example.com,c.example.com"},
            ("a.example.com", "b.example.com", "c.example.com"),
        ),
        ({}, ()),
    ],
)
def test_hosts_of_plain_http_have_two_names(variables: dict[str, str], hosts: tuple[str, ...]) -> None:
    """Both lists count, and a host in both counts once."""
    assert settings(**variables).insecure_hosts == hosts


HOOK_SECRET = "a-secret-of-the-webhook"


@pytest.mark.parametrize(
    ("url", "insecure", "right"),
    [
        ("https://hooks.example.com/releases?team=a", "", True),
        ("http://hooks.internal:8080/x", "hooks.internal", True),
        ("http://hooks.internal:8080/x", "hooks.internal:8080", True),
        ("http://hooks.internal:8080/x", "", False),
        ("http://hooks.internal:8080/x", "other.internal", False),
        ("https://jane:hunter2@hooks.example.com/", "", False),
        ("ftp://hooks.example.com/", "", False),
        ("hooks.example.com", "", False),
    ],
)
def test_the_webhook_for_releases_is_https_or_http_at_a_listed_host(url: str, insecure: str, right: bool) -> None:
    """Its host may have a private address; a problem names the variable, and never the address with its secrets."""
    variables = {"RELEASES_WEBHOOK_URL": url, "RELEASES_WEBHOOK_SECRET": HOOK_SECRET, "INSECURE_HOSTS": insecure}
    if right:
        found = settings(**variables)
        assert found.releases_webhook_url == url
        assert url.split("/")[2] in found.listed_hosts
        return
    (problem,) = problems(**variables)
    assert problem.startswith("IMAGE_FACTORY_RELEASES_WEBHOOK_URL: ")
    assert "hunter2" not in problem


def test_the_webhook_for_releases_needs_address_and_secret() -> None:
    """Each names the other."""
    assert problems(RELEASES_WEBHOOK_URL="https://hooks.example.com/")[0].startswith(
        "IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET: missing"
    )
    assert problems(RELEASES_WEBHOOK_SECRET=HOOK_SECRET)[0].startswith("IMAGE_FACTORY_RELEASES_WEBHOOK_URL: missing")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("platform@acme.example", "mailto:platform@acme.example"),
        ("https://acme.example/help?topic=images", "https://acme.example/help?topic=images"),
        ("http://acme.example", None),
        ("#platform in Slack", None),
        ("javascript:alert(1)", None),
        ("mia@acme.example, tom@acme.example", None),
        ("a@b.example?cc=x@y.example", None),
    ],
)
def test_a_contact_is_a_mail_address_a_web_page_or_words(text: str, link: str | None) -> None:
    """Only a mail address and an https address become links."""
    assert settings(CONTACT=text).contact == Contact(text, link)


@pytest.mark.parametrize("text", ["two\nlines", "x" * 201, "a bell \a"])
def test_a_contact_is_one_short_line(text: str) -> None:
    """The message says what to write instead."""
    assert "not one line of at most 200 characters" in problems(CONTACT=text)[0]


def test_the_groups_of_people_are_parsed() -> None:
    """A group may have spaces, colons and equals signs; the order of the roles counts."""
    found = settings(
        **PROVIDER | {"GROUP_ROLES": "urn:acme:ops:emergency, Platform Team:admin ,*:read"},
        GROUP_OWNERS="Team A=group:default/team-a,cn=b=group:default/b,*=group:default/*",
        OIDC_SCOPES="openid  groups",
    )
    assert list(found.groups.roles.items()) == [
        ("urn:acme:ops", "emergency"),
        ("Platform Team", "admin"),
        ("*", "read"),
    ]
    assert found.groups.owners == {"Team A": "group:default/team-a", "cn=b": "group:default/b", "*": "group:default/*"}
    assert found.oidc_scopes == ("openid", "groups")
    assert found.authenticated
    assert "login.example.com" in found.listed_hosts


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (
            {"GROUP_ROLES": "platform"},
            "'platform' is not a group and its role; write for example platform:admin,*:read",
        ),
        ({"GROUP_ROLES": "platform:boss"}, "roles are read, rebuild, emergency, admin"),
        ({"GROUP_ROLES": ":admin"}, "is not a group and its role"),
        ({"GROUP_ROLES": "a:read,a:admin"}, "'a' is there twice"),
        ({"GROUP_OWNERS": "a"}, "Team A=group:default/team-a"),
        ({"GROUP_OWNERS": "a=team-a"}, "'team-a' is not an owner"),
        ({"GROUP_OWNERS": "a=group:default/*"}, "is not a group and its reference"),
        ({"GROUP_OWNERS": "*=group:default/all"}, "is not a group and its reference"),
        ({"OIDC_SCOPES": "profile"}, "openid is missing"),
        ({"TRUSTED_PROXIES": "10.0.0.300"}, "is neither an address nor a network; write for example 10.0.0.7"),
        ({"TRUSTED_PROXIES": "10.0.0.7/24"}, "is neither an address nor a network"),
        ({"TRUSTED_PROXIES": "::/0"}, "is every address; list those of the proxies"),
        ({"PROXY_USER_HEADER": "X_User"}, "is no name of such a header"),
        ({"PROXY_USER_HEADER": "Authorization"}, "is no name of such a header"),
        ({"PROXY_USER_HEADER": "X-User"}, "TRUSTED_PROXIES: missing; without it or IMAGE_FACTORY_PROXY_SECRET anybody"),
        ({"PROXY_USER_HEADER": "X-User", "TRUSTED_PROXIES": "10.0.0.7"}, "GROUP_ROLES: missing; without it nobody"),
        ({"PROXY_GROUPS_HEADER": "X-Groups"}, "PROXY_USER_HEADER: missing; set it beside"),
        ({"PROXY_SECRET": "short"}, "has fewer than 16 characters"),
        ({"RATE_LIMITS": "login=3"}, "is not a limit; write for example webhooks=20000"),
        ({"RATE_LIMITS": "health=-1"}, "groups are sign-in, webhooks, catalog, health"),
        ({"OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER: missing"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "GROUP_ROLES: missing; without it nobody"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "PUBLIC_URL: missing; the provider"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "OIDC_CLIENT_ID: missing"),
    ],
)
def test_wrong_groups_and_providers_say_what_to_write(variables: dict[str, str], words: str) -> None:
    """Each at the start, in one line."""
    assert any(words in line for line in problems(**variables))
