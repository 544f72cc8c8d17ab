"""Checks of the credentials for other hosts: GitHub, registries, Backstage, Slack; and of the clock."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from catalog.reference import ImageReference
from provider.auth.sign_in.discovery import ProviderDiscovery
from provider.backstage.catalog import HttpBackstageCatalog
from provider.composition.diagnosis.finding import Diagnosis, fails, unknown, works
from provider.composition.parts import Parts, utc_now
from provider.domain.times.wrong_clocks import MOST_SKEW
from provider.notifications.channels.table import notifier_of
from proxy.errors import NotFound, OutsideFailure
from proxy.github.app import AppCredentials
from proxy.github.session import GitHubSession

# A name that no registry has: whether the credentials are accepted is answered before whether it is there.
_NO_REPOSITORY = "image-factory/doctor"
_APP_PERMISSIONS = ("contents", "actions", "packages")


def github_finding(parts: Parts) -> Diagnosis:
    """Whether GitHub accepts the App or the token, what they may do, and what is left of the limit."""
    credentials = parts.github_credentials
    if isinstance(credentials, AppCredentials):
        app = _document(credentials.ask_as_app("GET", "/app").body)
        granted = app.get("permissions")
        permissions = granted if isinstance(granted, dict) else {}
        if missing := [name for name in _APP_PERMISSIONS if name not in permissions]:
            remedy = "Add the permissions to the App, and accept them for each installation; see docs/running.md."
            return fails("github", f"the App {app.get('slug')} lacks the permissions {', '.join(missing)}", remedy)
        held = ", ".join(f"{name}: {kind}" for name, kind in sorted(permissions.items()))
        return works("github", f"the App {app.get('slug')} is accepted; permissions {held}")
    # Not the session of the parts, which opens the database for the answers that it keeps.
    github = GitHubSession(parts.transport, parts.settings.github_api_url, credentials)
    answer = github.ask("GET", "/rate_limit", owner="")
    core = _document(answer.body).get("resources", {}).get("core", {})
    left = f"{core.get('remaining')} of {core.get('limit')} requests are left this hour"
    if parts.settings.github_token is None:
        return works("github", f"no credentials are set; requests are anonymous, {left}")
    scopes = answer.headers.get("x-oauth-scopes")
    held = f"scopes {scopes}" if scopes else "GitHub lists no scopes of it, as for fine-grained tokens"
    if not core.get("remaining"):
        return fails(
            "github", f"the token is accepted, and {left}", "Wait, or use a GitHub App, which has a higher limit."
        )
    return works("github", f"the token is accepted; {held}; {left}")


def registry_checks(parts: Parts) -> Iterator[tuple[str, Callable[[], Diagnosis]]]:
    """One check for each registry of which the auth file has credentials."""
    for host in sorted(parts.registry_credentials.hosts):

        def check(host: str = host) -> Diagnosis:
            return _registry_finding(parts, host)

        yield f"registry {host}", check


def _registry_finding(parts: Parts, host: str) -> Diagnosis:
    subject = f"registry {host}"
    reference = ImageReference(host, _NO_REPOSITORY, "latest")
    with suppress(NotFound):
        parts.registries.session(reference).ask("GET", "/v2/", _NO_REPOSITORY, about=host)
    for problem in parts.registry_credentials.problems():
        if problem.where == host:
            return fails(subject, problem.message, problem.remedy)
    return works(subject, "the credentials are accepted")


def backstage_finding(parts: Parts) -> Diagnosis:
    """Whether Backstage can be reached, and accepts the token."""
    url, token = parts.settings.backstage_url, parts.settings.backstage_token
    if url is None:
        return works("backstage", "IMAGE_FACTORY_BACKSTAGE_URL is not set")
    if token is None:
        answer = parts.transport.request("GET", f"{url}/api/auth/.well-known/jwks.json", {})
        if answer.status != 200:  # noqa: PLR2004 - OK
            remedy = "Set IMAGE_FACTORY_BACKSTAGE_URL to its backend.baseUrl."
            return fails("backstage", f"{url} answers {answer.status} to the question for its keys", remedy)
        return works("backstage", f"{url} can be reached; no token for its catalog is set")
    locations = HttpBackstageCatalog(url, token, parts.transport, utc_now).locations()
    return works("backstage", f"{url} accepts the token; its catalog has {len(locations)} locations")


def sign_in_finding(parts: Parts) -> Diagnosis:
    """Whether the provider at which people sign in can be asked, and is the one of the settings."""
    issuer = parts.settings.oidc_issuer
    if issuer is None:
        return works("sign-in", "IMAGE_FACTORY_OIDC_ISSUER is not set")
    document = ProviderDiscovery(issuer, parts.transport, utc_now).document()
    there = "" if document.end_session else "; it has no place to sign out"
    return works("sign-in", f"{issuer} can be asked{there}")


def messages_finding(parts: Parts) -> Diagnosis:
    """Whether the channel of messages takes them; sends none."""
    notifier = notifier_of(parts.settings, parts.transport)
    problems = notifier.check()
    if not problems:
        return works("messages", f"they go to {notifier.name} {notifier.where}".rstrip())
    message = "; ".join(problem.message for problem in problems)
    return fails("messages", message, " ".join(problem.remedy for problem in problems))


def clock_finding(parts: Parts) -> Diagnosis:
    """Whether this machine's clock agrees with those of the hosts that were asked before."""
    skew = parts.transport.clock_skew()
    if skew is None:
        return unknown("clock", "no host answered whose clock could be compared", "Check the time of this machine.")
    if abs(skew.by) > MOST_SKEW:
        remedy = "Set the clock of this machine, for example by NTP: with a wrong clock nothing is built."
        return fails("clock", f"this machine's clock is {skew}", remedy)
    return works("clock", f"it agrees with that of {', '.join(skew.hosts[:3])}")


def failed(subject: str, error: OutsideFailure) -> Diagnosis:
    """What a host that did not do as asked means: its own message says what to do."""
    if error.transient:
        return unknown(subject, str(error), "Check the network and the host, and run the command again.")
    return fails(subject, str(error), "Correct what the message names; docs/running.md has the permissions.")


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
