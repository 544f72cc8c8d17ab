"""Check settings that are valid on their own and conflict with each other."""

from collections.abc import Iterable

from provider.domain.source_address import plain_http_problem
from provider.settings.settings import Settings


def conflicts(settings: Settings) -> Iterable[str]:
    """A line for each pair of settings that conflict."""
    app_id, key = settings.github_app_id, settings.github_app_private_key
    if settings.github_token and (app_id or key):
        yield (
            "IMAGE_FACTORY_GITHUB_TOKEN: a GitHub App is set too (IMAGE_FACTORY_GITHUB_APP_ID, "
            "IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY); set the token or the app"
        )
    if settings.backstage_token and not settings.backstage_url:
        yield "IMAGE_FACTORY_BACKSTAGE_URL: missing; the token needs it beside IMAGE_FACTORY_BACKSTAGE_TOKEN"
    if app_id and not key:
        yield "IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY: missing; an app needs it beside IMAGE_FACTORY_GITHUB_APP_ID"
    if key and not app_id:
        yield "IMAGE_FACTORY_GITHUB_APP_ID: missing; an app needs it beside IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY"
    yield from _releases_webhook(settings)
    yield from _people(settings)
    yield from _proxy(settings)


def _proxy(settings: Settings) -> Iterable[str]:
    if settings.proxy_user_header is None:
        for name, value in {"GROUPS_HEADER": settings.proxy_groups_header, "SECRET": settings.proxy_secret}.items():
            if value:
                yield f"IMAGE_FACTORY_PROXY_USER_HEADER: missing; set it beside IMAGE_FACTORY_PROXY_{name}"
        return
    if not settings.trusted_proxies and settings.proxy_secret is None:
        yield (
            "IMAGE_FACTORY_TRUSTED_PROXIES: missing; without it or IMAGE_FACTORY_PROXY_SECRET anybody could send "
            "IMAGE_FACTORY_PROXY_USER_HEADER"
        )
    if not settings.groups.roles:
        yield (
            "IMAGE_FACTORY_GROUP_ROLES: missing; without it nobody whom the proxy of IMAGE_FACTORY_PROXY_USER_HEADER "
            "signs in has a role; write for example platform:admin,*:read"
        )


def _people(settings: Settings) -> Iterable[str]:
    if settings.oidc_issuer is None:
        for name, value in {"ID": settings.oidc_client_id, "SECRET": settings.oidc_client_secret}.items():
            if value:
                yield f"IMAGE_FACTORY_OIDC_ISSUER: missing; set it beside IMAGE_FACTORY_OIDC_CLIENT_{name}"
        return
    if settings.oidc_client_id is None:
        yield "IMAGE_FACTORY_OIDC_CLIENT_ID: missing; the provider needs it beside IMAGE_FACTORY_OIDC_ISSUER"
    if settings.known_public_url is None:
        yield "IMAGE_FACTORY_PUBLIC_URL: missing; the provider of IMAGE_FACTORY_OIDC_ISSUER sends people back to it"
    if not settings.groups.roles:
        yield (
            "IMAGE_FACTORY_GROUP_ROLES: missing; without it nobody whom the provider signs in has a role; write for "
            "example platform:admin,*:read, where *:read lets everybody read whom the provider knows"
        )


def _releases_webhook(settings: Settings) -> Iterable[str]:
    url, secret = settings.releases_webhook_url, settings.releases_webhook_secret
    if url and not secret:
        yield (
            "IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET: missing; it signs what is sent to "
            "IMAGE_FACTORY_RELEASES_WEBHOOK_URL; make one with: openssl rand -hex 32"
        )
    if secret and not url:
        yield "IMAGE_FACTORY_RELEASES_WEBHOOK_URL: missing; set it beside IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET"
    if url and (problem := plain_http_problem(url, settings.insecure_hosts)):
        yield f"IMAGE_FACTORY_RELEASES_WEBHOOK_URL: {problem}, or list the host in IMAGE_FACTORY_INSECURE_HOSTS"
