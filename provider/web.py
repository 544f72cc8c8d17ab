"""The web part put together: what may come in, what it is answered, and how that is measured."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Flask
from prometheus_client import CollectorRegistry

from provider.api.catalog import CATALOG, catalog_documents
from provider.api.errors import register_errors
from provider.api.health import OPEN_HEALTH, health_documents
from provider.api.images import images_resources
from provider.api.metrics import IndexCollector, measure_requests
from provider.api.specification import register_resources
from provider.auth.access import Access, Doors, guard
from provider.pages.headers import protect_browsers
from provider.pages.images import OPEN_PAGES, PAGES, image_pages, problem_page
from provider.ports import Beat, Health, ImageIndex


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
    """
    app = Flask("provider", static_folder=None)
    registry = registry or CollectorRegistry()
    registry.register(IndexCollector(index, beats, now))
    # Measured first, so that what the guard refuses is counted too.
    measure_requests(app, registry)
    guard(app, access, Doors(public=OPEN_HEALTH | OPEN_PAGES, catalog={CATALOG}))
    specification = register_resources(app, [images_resources(index, now)], public_url=public_url, version=version)
    # After Flask-Smorest, whose own answer to errors this replaces.
    register_errors(app, problem_page, PAGES)
    for blueprint in (catalog_documents(index), health_documents(health, registry)):
        app.register_blueprint(blueprint)
    app.register_blueprint(image_pages(index, now, specification))
    protect_browsers(app)
    return app
