"""The web part put together: what may come in, what it is answered, and how that is measured."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Flask
from prometheus_client import CollectorRegistry

from provider.api.audited_reruns import AuditedReruns
from provider.api.catalog import CATALOG, catalog_documents
from provider.api.errors import register_errors
from provider.api.fast_answers import answer_fast
from provider.api.github_face import github_face
from provider.api.github_readers import GitHubReaders
from provider.api.health import OPEN_HEALTH, health_documents
from provider.api.images import images_resources
from provider.api.metrics import IndexCollector, measure_requests
from provider.api.registry_face import registry_face
from provider.api.registry_readers import RegistryReaders
from provider.api.runs import runs_resources
from provider.api.specification import register_resources
from provider.api.versions import versions_resources
from provider.auth.access import Access, Doors, guard
from provider.pages.headers import protect_browsers
from provider.pages.images import OPEN_PAGES, PAGES, image_pages, problem_page
from provider.ports import Beat, Health, ImageIndex
from provider.services.enrolled_sources import EnrolledSources


def create_web(
    index: ImageIndex,
    health: Health,
    access: Access,
    *,
    now: Callable[[], datetime],
    public_url: str,
    version: str,
    registry: CollectorRegistry | None = None,
    beats: Callable[[], Sequence[Beat]] = tuple,
    registries: RegistryReaders | None = None,
    github: GitHubReaders | None = None,
) -> Flask:
    """The web application over an index.

    Args:
        index: what is known of images.
        health: what /readyz asks.
        access: who may come in.
        now: the clock; aware times in UTC.
        public_url: where people reach the service, for the OpenAPI document.
        version: of the service.
        registry: what /metrics shows, when other parts put their measurements there too.
        beats: what the worker's parts last told of themselves.
        registries: versions of images, and registries' own shapes; without it they are not served.
        github: workflow runs and GitHub's own shapes; without it they are not served.
    """
    app = Flask("provider", static_folder=None)
    registry = registry or CollectorRegistry()
    registry.register(IndexCollector(index, beats, now))
    # Measured first, so that what the guard refuses is counted too.
    answer_fast(app, access, measure_requests(app, registry))
    guard(app, access, Doors(public=OPEN_HEALTH | OPEN_PAGES, catalog={CATALOG}))
    resources = [images_resources(index, now)]
    documents = [catalog_documents(index), health_documents(health, registry)]
    if registries:
        resources.append(versions_resources(index, registries, now))
        documents.append(registry_face(index, registries, public_url, now))
    if github:
        reruns = AuditedReruns(github.runs, registry)
        resources.append(runs_resources(index, github.runs, reruns, now, public_url))
        documents.append(github_face(EnrolledSources(index), github, reruns, now, public_url))
    specification = register_resources(app, resources, public_url=public_url, version=version)
    # After Flask-Smorest, whose own answer to errors this replaces.
    register_errors(app, problem_page, PAGES)
    for blueprint in documents:
        app.register_blueprint(blueprint)
    app.register_blueprint(image_pages(index, now, specification))
    protect_browsers(app)
    return app
