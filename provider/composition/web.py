"""Makes the web part from the parts of a process."""

import secrets
import time
from functools import partial
from importlib.metadata import version

from flask import Flask

from provider import PACKAGE
from provider.api.answers.image_links import ImageLinks
from provider.api.answers.timed_bodies import TimedBodies
from provider.api.github_face import PREFIX as GITHUB_FACE
from provider.api.upstreams import GitHubUpstream, RegistryUpstream
from provider.api.webhooks.proofs import WebhookSecrets
from provider.auth.access import Access
from provider.auth.backstage import Backstage
from provider.auth.proxies.client_addresses import ClientAddresses
from provider.auth.proxies.people_of_proxy import PeopleOfProxy
from provider.auth.proxies.trusted_proxies import TrustedProxies
from provider.auth.sign_in.code_exchange import OidcClient
from provider.auth.sign_in.open_id_provider import OpenIdProvider
from provider.auth.start_token import StartToken
from provider.composition.catalog_push import push_records
from provider.composition.config_checkout import config_address, web_checkout
from provider.composition.config_site import sites
from provider.composition.enrolling import enrolling_use_cases
from provider.composition.flask_app import create_web
from provider.composition.own_files import session_key
from provider.composition.parts import Parts, utc_now
from provider.composition.problems import problem_sources
from provider.composition.schedule import part_periods
from provider.composition.simulation.web import simulations_of
from provider.composition.tracker import tracker_use_cases
from provider.composition.tracking.overview import overviews_of
from provider.config_repo.entry_history.git_entry_histories import GitEntryHistories
from provider.domain.records.counted import CountKind
from provider.forges.place import file_page
from provider.pages.browsers import Guidance
from provider.pages.provider_sign_in import CALLBACK
from provider.services.asking.asking import Asking
from provider.services.checks import Checks
from provider.services.health import ServiceHealth
from provider.services.timelines.timelines import Timelines
from provider.settings import Settings
from provider.store.cache import SqlCacheStorage
from provider.store.graph.image_graphs import SqlImageGraphs
from provider.store.image_histories import SqlImageHistories
from provider.store.image_pages.timeline_rows import SqlTimelineRows
from provider.store.operations.audit import SqlAuditLog
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.operations.person_requests import SqlPersonRequests
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from provider.store.operations.work_records import SqlWorkRecords
from provider.store.sessions import SqlSessions
from proxy.cache import Cache
from proxy.github.actions import WorkflowRuns
from proxy.github.face import GitHubFace
from proxy.github.kept_runs import KeptRuns
from proxy.observing.event_log import EventLog
from proxy.secrets.redactor import Redactor
from proxy.versions.details.background import Background
from proxy.versions.sources import Upstreams
from proxy.versions.versions import Versions

_log = EventLog(__name__)


def web_app(parts: Parts) -> Flask:
    """The web part: reads the database, asks upstream for what is not stored, and edits tracked repositories.

    Raises:
        CannotOpen: the database cannot be opened.
        InvalidSetting: a setting is not valid, such as the key of a GitHub App.
    """
    settings = parts.settings
    github, registries = _upstreams(parts)
    enrolling = enrolling_use_cases(parts)
    app = create_web(
        parts.index,
        ServiceHealth(parts.index, parts.beats, utc_now, part_periods(settings)),
        access_of(parts),
        now=utc_now,
        public_url=settings.public_url,
        version=version(PACKAGE),
        beats=parts.beats.beats,
        registries=registries,
        github=github,
        tracker=tracker_use_cases(parts),
        secret_key=session_key(settings),
        histories=SqlImageHistories(parts.engine),
        records=SqlAuditLog(parts.engine),
        problems=problem_sources(parts.engine, settings),
        checks=Checks(parts.beats, part_periods(settings), SqlCheckRequests(parts.engine)),
        enrolling=enrolling,
        simulations=simulations_of(parts, enrolling.enrolling.files),
        asking=asking_of(parts),
        redactor=parts.redactor,
        inbox=SqlWebhookInbox(parts.engine),
        webhook_secrets=WebhookSecrets(settings.github_webhook_secrets, settings.webhook_secrets),
        pushes=push_records(parts.engine, settings),
        queues=SqlMessageQueues(parts.engine),
        overviews=overviews_of(parts),
        links=image_links(settings),
        guidance=guidance_of(settings),
        graphs=SqlImageGraphs(parts.engine),
        timelines=Timelines(SqlTimelineRows(parts.engine), entry_histories(parts.settings, parts.redactor)),
        work=SqlWorkRecords(parts.engine),
        counts=parts.counts.sums,
        limits=settings.rate_limits,
    )
    proxies = TrustedProxies(settings.trusted_proxies)
    app.wsgi_app = ClientAddresses(TimedBodies(app.wsgi_app), proxies)  # type: ignore[method-assign]  # as Flask's documentation does it
    return app


def guidance_of(settings: Settings) -> Guidance:
    """Where people go on from a page: whom they ask, and where they enroll an image by git."""
    page = file_page(sites(settings), settings.config_repo or "", settings.config_branch, "images.yaml")
    return Guidance(settings.contact, config_address(settings), page)


def image_links(settings: Settings) -> ImageLinks:
    """The web pages of images, at the sites that the settings name."""
    return ImageLinks(
        sites(settings),
        settings.config_repo or "",
        settings.state_branch or settings.config_branch,
        settings.config_branch,
        settings.backstage_url,
    )


def entry_histories(settings: Settings, redactor: Redactor) -> GitEntryHistories:
    """Reads the history of enrollments in the checkout of the worker, else in that of the web part."""
    checkouts = (settings.config_checkout, web_checkout(settings))
    return GitEntryHistories([folder.absolute() for folder in checkouts], settings.config_branch, redactor)


def asking_of(parts: Parts) -> Asking:
    """Takes what people ask for to the worker."""
    return Asking(parts.index, SqlPersonRequests(parts.engine), utc_now, lambda: secrets.token_hex(8))


def access_of(parts: Parts) -> Access:
    """Decides who may call the web part."""
    settings = parts.settings
    return Access(
        settings.api_tokens,
        catalog_public=settings.catalog_public,
        catalog_token=settings.catalog_token,
        backstage=Backstage(settings.backstage_url, parts.transport, utc_now) if settings.backstage_url else None,
        admins=settings.admins,
        sessions=SqlSessions(parts.engine),
        provider=_provider_of(parts),
        groups=settings.groups,
        proxy=_proxy_of(settings),
        start_token=None
        if settings.authenticated
        else StartToken(partial(_show_start_token, settings.known_public_url or "")),
    )


def _proxy_of(settings: Settings) -> PeopleOfProxy | None:
    """The proxy in front that signs people in, if the settings name its header."""
    if settings.proxy_user_header is None:
        return None
    proxies = TrustedProxies(settings.trusted_proxies)
    return PeopleOfProxy(settings.proxy_user_header, settings.proxy_groups_header, proxies, settings.proxy_secret)


def _provider_of(parts: Parts) -> OpenIdProvider | None:
    """The provider at which people sign in, if the settings name one."""
    settings = parts.settings
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    redirect = f"{settings.public_url}{CALLBACK}"
    return OpenIdProvider(
        settings.oidc_issuer,
        settings.oidc_name,
        OidcClient(settings.oidc_client_id, settings.oidc_client_secret, redirect, settings.oidc_scopes),
        settings.oidc_groups_claim,
        f"{settings.public_url}/login",
        parts.transport,
        utc_now,
    )


def _show_start_token(public_url: str, token: str) -> None:
    # This process does not know the port.
    _log.info(
        "start_token_made",
        "no callers are configured, so only requests from this machine are accepted; from elsewhere, sign in once on "
        "the page {site}/login with the token {start_token}",
        site=public_url,
        start_token=token,
    )


def _upstreams(parts: Parts) -> tuple[GitHubUpstream, RegistryUpstream]:
    """The upstreams of the web part, behind one cache."""
    settings = parts.settings
    counted = partial(parts.counts.add, CountKind.CACHE, "")
    cache = Cache(SqlCacheStorage(parts.engine, now=utc_now), now=utc_now, sleep=time.sleep, counted=counted)
    kept = KeptRuns(cache, utc_now)
    face_url = f"{settings.public_url}{GITHUB_FACE}"
    face = GitHubFace(parts.github, kept, parts.redactor, api_url=settings.github_api_url, face_url=face_url)
    upstreams = Upstreams(
        cache,
        parts.registries,
        parts.github,
        parts.docker_hub,
        parts.gitlab,
        parts.own_hosts,
        parts.amazon,
        Background(),
    )
    versions = Versions(upstreams, utc_now)
    return GitHubUpstream(WorkflowRuns(parts.github, kept), face), RegistryUpstream(versions, parts.redactor)
