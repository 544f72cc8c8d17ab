"""Makes the web application: access checks, routes, errors and metrics."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry

from provider.api.answers.errors import register_errors
from provider.api.answers.fast_answers import answer_fast
from provider.api.answers.image_links import ImageLinks
from provider.api.answers.public_limits import limit_public
from provider.api.answers.redaction import redact_responses
from provider.api.answers.upstream_places import limit_upstream_waits
from provider.api.answers.whole_bodies import WholeBodyRequest
from provider.api.asking.removals import removals_resources
from provider.api.asking.resources import asking_resources
from provider.api.audited_reruns import AuditedReruns, rerun_failure
from provider.api.callers.whoami import whoami_resources
from provider.api.catalog import CATALOG, catalog_documents
from provider.api.checks import checks_resources
from provider.api.enrolling.failures import http_failure
from provider.api.enrolling.resources import enrolling_resources
from provider.api.enrolling.reviews import reviews_resources
from provider.api.github_face import github_face
from provider.api.graph.dependents import dependents_resources
from provider.api.graph.resources import graph_resources
from provider.api.health import OPEN_HEALTH, health_documents
from provider.api.images import images_resources
from provider.api.measuring.counts import CountCollector
from provider.api.measuring.problems import ProblemCollector
from provider.api.measuring.work import WorkCollector
from provider.api.message_metrics import MessageCollector
from provider.api.metrics import IndexCollector, measure_requests
from provider.api.overview.resources import overview_resources
from provider.api.records.audit import audit_resources
from provider.api.records.histories import histories_resources
from provider.api.records.problems import problems_resources
from provider.api.records.rebuild_metrics import RebuildCollector
from provider.api.registry_face import registry_face
from provider.api.request_ids import RequestIds
from provider.api.runs import runs_resources
from provider.api.simulation.resources import simulation_resources
from provider.api.specification import register_resources
from provider.api.timelines.resources import timeline_resources
from provider.api.upstreams import GitHubUpstream, RegistryUpstream
from provider.api.versions import read_version, read_versions, version_documents, versions_resources
from provider.api.webhooks.deliveries import delivery_resources
from provider.api.webhooks.proofs import WebhookSecrets
from provider.api.webhooks.receiving import OPEN_WEBHOOKS, WebhookReceiver, webhook_resources
from provider.auth.access import Access, EndpointRules, guard
from provider.auth.proxies.public_groups import USUAL_LIMITS, PublicGroup
from provider.auth.strict_query import check_queries
from provider.domain.records.counted import Counted
from provider.graph_ports import ImageGraphs
from provider.notifications.ports import MessageQueues
from provider.operation_ports import AuditLog, ImageHistories, ProblemSource, WorkRecords
from provider.pages.backstage_sign_in import (
    FROM_BACKSTAGE,
    OPEN_CONTINUE,
    OPEN_TO_BACKSTAGE,
    backstage_sign_in_pages,
)
from provider.pages.browsers import OPEN_BOOTSTRAP, Guidance, prepare_for_browsers
from provider.pages.enrolling.pages import ENROLLING, enrolling_pages
from provider.pages.headers import protect_browsers
from provider.pages.image.upstream import Builds, ReadDetails, ReadVersions, Upstream
from provider.pages.images import OPEN_PAGES, PAGES, image_pages, problem_page
from provider.pages.login import LOGIN, OPEN_SIGN_IN, SIGN_IN, sign_in_pages
from provider.pages.provider_sign_in import AT_PROVIDER, OPEN_TO_PROVIDER, provider_sign_in_pages
from provider.pages.records.adding import Records
from provider.pages.simulation.pages import add_simulation
from provider.ports import Beat, Health, ImageIndex
from provider.push_ports import PushRecords
from provider.redaction import use_redactor
from provider.services.asking.acts import Acts
from provider.services.asking.asking import Asking
from provider.services.auditing import keep_audit
from provider.services.checks import Checks
from provider.services.enrolled_sources import EnrolledSources
from provider.services.enrolling.acts import EnrollingActs
from provider.services.enrolling.use_cases import EnrollingUseCases
from provider.services.overview.overviews import Overviews
from provider.services.simulation.kept_answers import KeptSimulations
from provider.services.timelines.timelines import Timelines
from provider.tracker.api.news import news_resources
from provider.tracker.api.owner_import import owner_import_resources
from provider.tracker.api.poll_metrics import PollCollector
from provider.tracker.api.release_marks import release_marks_resources
from provider.tracker.api.releases import releases_resources
from provider.tracker.api.repositories import repositories_resources
from provider.tracker.api.transfers import transfers_resources
from provider.tracker.pages.blueprint import TRACKER, tracker_pages
from provider.tracker.pages.feed import PASSWORD_ENDPOINTS, release_feed
from provider.tracker.services.use_cases import TrackerUseCases
from provider.webhook_ports import WebhookInbox
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret

_NO_SECRETS = Redactor(())
_NO_WEBHOOKS = WebhookSecrets()
_PUBLIC_LINKS = ImageLinks()
_NO_GUIDANCE = Guidance()
_TRACKER = (
    repositories_resources,
    releases_resources,
    release_marks_resources,
    transfers_resources,
    owner_import_resources,
    news_resources,
)

_RULES = EndpointRules(
    public=OPEN_HEALTH | OPEN_PAGES | OPEN_BOOTSTRAP | OPEN_SIGN_IN | OPEN_CONTINUE | OPEN_TO_PROVIDER,
    catalog={CATALOG},
    pages={PAGES, ENROLLING, TRACKER, SIGN_IN, FROM_BACKSTAGE, AT_PROVIDER},
    sign_in=LOGIN,
    own_secrets=OPEN_WEBHOOKS | OPEN_TO_BACKSTAGE,
    with_password=PASSWORD_ENDPOINTS,
)

# A service token in the form of /login has a limit of its own, for wrong ones alone.
_LIMITED = {
    **dict.fromkeys((*OPEN_TO_PROVIDER, *OPEN_TO_BACKSTAGE, *OPEN_CONTINUE), PublicGroup.SIGN_IN),
    **dict.fromkeys(OPEN_WEBHOOKS, PublicGroup.WEBHOOKS),
    CATALOG: PublicGroup.CATALOG,
    **dict.fromkeys(OPEN_HEALTH, PublicGroup.HEALTH),
}


def create_web(
    index: ImageIndex,
    health: Health,
    access: Access,
    *,
    now: Callable[[], datetime],
    public_url: str,
    version: str,
    beats: Callable[[], Sequence[Beat]] = tuple,
    registries: RegistryUpstream | None = None,
    github: GitHubUpstream | None = None,
    tracker: TrackerUseCases | None = None,
    secret_key: Secret | None = None,
    histories: ImageHistories | None = None,
    records: AuditLog | None = None,
    problems: Sequence[ProblemSource] = (),
    checks: Checks | None = None,
    enrolling: EnrollingUseCases | None = None,
    asking: Asking | None = None,
    redactor: Redactor = _NO_SECRETS,
    inbox: WebhookInbox | None = None,
    webhook_secrets: WebhookSecrets = _NO_WEBHOOKS,
    pushes: PushRecords | None = None,
    queues: MessageQueues | None = None,
    overviews: Overviews | None = None,
    links: ImageLinks = _PUBLIC_LINKS,
    guidance: Guidance = _NO_GUIDANCE,
    graphs: ImageGraphs | None = None,
    timelines: Timelines | None = None,
    simulations: KeptSimulations | None = None,
    work: WorkRecords | None = None,
    counts: Callable[[], Mapping[Counted, int]] | None = None,
    limits: Mapping[PublicGroup, int] = USUAL_LIMITS,
) -> Flask:
    """Make the web application.

    Args:
        index: the index of images.
        health: the checks of /readyz.
        access: decides who may call.
        now: the clock; aware times in UTC.
        public_url: the address of the service for people, for the OpenAPI document.
        version: the version of the service.
        beats: the last reports of the parts of the worker.
        registries: versions of images, and answers in the format of registries; without it they are not served.
        github: workflow runs, and answers in the format of GitHub; without it they are not served.
        tracker: repositories and their releases; without it they are not served.
        secret_key: signs browser sessions; without it they end with the process.
        histories: the rebuilds and digest histories of all images; without it they are not served.
        records: stores what callers do; without it, the log alone has that.
        problems: what is wrong now, one source for each kind; without any, problems are not served.
        asking: takes what people ask for to the worker; without it they cannot ask.
        checks: when the parts check, and requests for a check; without it they are not served.
        enrolling: commits changes of enrollments; without it the API enrolls no image.
        redactor: removes its secrets from every response, and what looks like a credential from the texts of failures.
        inbox: stores webhooks; without it they are not received.
        webhook_secrets: what the senders of webhooks have to prove to know.
        pushes: the pushes to Backstage, for the metrics; without it there are none.
        queues: the queues of messages, for the metrics and a notice on pages.
        overviews: reads what the overview shows; without it there is none.
        links: the web pages of images.
        guidance: where people go on from a page.
        graphs: the dependency graph around an image; without it, it is not served.
        timelines: what happened to each image; without it, that is not served.
        simulations: answers what other policies would have built; without it, that is not served.
        work: the work of the worker in numbers, for the metrics.
        counts: requests to other hosts, answers of the cache and pushes, for the metrics.
        limits: requests a minute of one address without a caller.
    """
    app = Flask("provider", static_folder=None)
    app.request_class = WholeBodyRequest
    # Otherwise Flask redirects //paths to the host in the Host header.
    app.url_map.merge_slashes = False
    app.before_request(lambda: use_redactor(redactor))
    registry = _metrics(
        IndexCollector(index, beats, now, health, pushes), queues, tracker, histories, problems, work, counts, now
    )
    limit_upstream_waits(app, registry)
    # Metrics are registered first, so that requests that the guard refuses are counted too.
    answer_fast(app, access, measure_requests(app, registry))
    app.wsgi_app = RequestIds(app.wsgi_app)  # type: ignore[method-assign]  # as Flask's documentation does it
    _protect(app, access, redactor, public_url, now)
    limit_public(app, _LIMITED, limits)
    key = secret_key or Secret(secrets.token_hex())
    prepare_for_browsers(app, key, public_url, signs_in=access.signs_in, guidance=guidance)
    resources = [images_resources(index, now, links, asking.requests if asking else None), whoami_resources()]
    documents = [catalog_documents(index, redactor), health_documents(health, registry)]
    resources += _records(records, problems, overviews, now)
    resources += _of_histories(histories, graphs, timelines, index)
    resources += [simulation_resources(simulations, now)] if simulations else []
    if records:
        keep_audit(app, records, now)
    enrolling_acts = _enrolling_acts(enrolling, now)
    resources += _requests(index, now, checks, enrolling_acts)
    resources += _webhooks(inbox, webhook_secrets, registry, now)
    acts = _acts(asking, registry)
    resources += _of_people(acts)
    builds = None
    if registries:
        resources.append(versions_resources(index, registries, now, links.sites))
        documents.append(registry_face(index, registries, public_url, now))
    if github:
        reruns = AuditedReruns(github.runs, registry)
        resources.append(runs_resources(index, github.runs, reruns, now))
        documents.append(github_face(EnrolledSources(index), github, reruns, now))
        builds = Builds(github.runs, reruns)
    if tracker:
        resources += [make(tracker, now) for make in _TRACKER]
    specification = register_resources(app, resources, public_url=public_url, version=version)
    # After Flask-Smorest, because this replaces its error answers.
    register_errors(app, problem_page, _RULES.pages, redactor)
    for blueprint in documents + _sign_in(access, public_url, now):
        app.register_blueprint(blueprint)
    if tracker:
        # Before the images: their front page is for a service without the tracker.
        app.register_blueprint(tracker_pages(tracker, now, queues))
        app.register_blueprint(release_feed(tracker.store, public_url))
    upstream = Upstream(
        *_versions_of(registries),
        lambda image, versions: version_documents(versions, image, index.image, links.sites),
        builds,
        lambda error: rerun_failure(error, now),
    )
    pages = image_pages(
        index,
        now,
        specification,
        upstream,
        links,
        inbox=inbox,
        checks=checks,
        acts=acts,
        graphs=graphs,
        timelines=timelines,
        overviews=overviews,
        records=Records(histories, records, problems),
    )
    if simulations:
        add_simulation(pages, simulations, lambda error: http_failure(error, now))
    app.register_blueprint(pages)
    if enrolling_acts:
        app.register_blueprint(enrolling_pages(enrolling_acts, index))
    protect_browsers(app, public_url)
    return app


def _protect(app: Flask, access: Access, redactor: Redactor, public_url: str, now: Callable[[], datetime]) -> None:
    redact_responses(app, redactor)
    guard(app, access, _RULES, public_url, now)
    check_queries(app)


def _sign_in(access: Access, public_url: str, now: Callable[[], datetime]) -> list[Any]:
    """The blueprints by which people sign in and out."""
    return [
        sign_in_pages(access, now),
        backstage_sign_in_pages(access, now),
        provider_sign_in_pages(access, public_url, now),
    ]


def _metrics(
    images: IndexCollector,
    queues: MessageQueues | None,
    tracker: TrackerUseCases | None,
    histories: ImageHistories | None,
    problems: Sequence[ProblemSource],
    work: WorkRecords | None,
    counts: Callable[[], Mapping[Counted, int]] | None,
    now: Callable[[], datetime],
) -> CollectorRegistry:
    """The metrics that are read from the database at each scrape."""
    registry = CollectorRegistry()
    registry.register(images)
    if queues:
        registry.register(MessageCollector(queues, now))
    if tracker:
        registry.register(PollCollector(tracker.store, now))
    if histories:
        registry.register(RebuildCollector(histories, now))
    if problems:
        registry.register(ProblemCollector(problems))
    if work:
        registry.register(WorkCollector(work, now))
    if counts:
        registry.register(CountCollector(counts))
    return registry


def _enrolling_acts(enrolling: EnrollingUseCases | None, now: Callable[[], datetime]) -> EnrollingActs | None:
    return EnrollingActs(enrolling, now, lambda error: http_failure(error, now)) if enrolling else None


def _of_histories(
    histories: ImageHistories | None, graphs: ImageGraphs | None, timelines: Timelines | None, index: ImageIndex
) -> Iterator[Any]:
    """The resources that read many images at once, or what happened to one."""
    if graphs:
        yield graph_resources(graphs)
        yield dependents_resources(index, graphs)
    if histories:
        yield histories_resources(histories)
    if timelines:
        yield timeline_resources(index, timelines)


def _records(
    records: AuditLog | None,
    problems: Sequence[ProblemSource],
    overviews: Overviews | None,
    now: Callable[[], datetime],
) -> Iterator[Any]:
    """The resources for what people did, and for how things are."""
    if records:
        yield audit_resources(records)
    if problems:
        yield problems_resources(problems)
    if overviews:
        yield overview_resources(overviews, now)


def _requests(
    index: ImageIndex, now: Callable[[], datetime], checks: Checks | None, enrolling: EnrollingActs | None
) -> Iterator[Any]:
    """The resources for what callers ask for."""
    if checks:
        yield checks_resources(checks, index, now)
    if enrolling:
        yield enrolling_resources(enrolling)
        yield reviews_resources(enrolling.use_cases.enrolling.reviews, now)


def _webhooks(
    inbox: WebhookInbox | None,
    known: WebhookSecrets,
    registry: CollectorRegistry,
    now: Callable[[], datetime],
) -> list[Any]:
    """The blueprints for webhooks, if they are received."""
    if inbox is None:
        return []
    receiver = WebhookReceiver(inbox, known, registry, now)
    return [webhook_resources(receiver), delivery_resources(inbox)]


def _acts(asking: Asking | None, registry: CollectorRegistry) -> Acts | None:
    return Acts(asking, registry) if asking else None


def _of_people(acts: Acts | None) -> list[Any]:
    """The resources by which people ask for something."""
    return [asking_resources(acts), removals_resources(acts)] if acts else []


def _versions_of(registries: RegistryUpstream | None) -> tuple[ReadVersions | None, ReadDetails | None]:
    """How the pages read versions, if they do."""
    if registries is None:
        return None, None
    return partial(read_versions, registries), partial(read_version, registries, refresh=False)
