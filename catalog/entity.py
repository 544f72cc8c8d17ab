"""Build the Backstage entity of an image. `catalog.validation` checks entities before they are served."""

from urllib.parse import quote

from catalog.addresses import PUBLIC_SITES, Sites, is_web_address, registry_page, source_page
from catalog.annotations import annotations, labels, source_of
from catalog.image import Image, Role
from catalog.reference import ImageReference
from catalog.tags import tags

API_VERSION = "backstage.io/v1alpha1"
KIND = "Resource"
DEFAULT_LIFECYCLE = "production"
_TYPES = {Role.MANAGED: "managed-image", Role.BASE: "base-image"}
_KINDS = {Role.MANAGED: "Managed image", Role.BASE: "Base image"}


def entity(image: Image, sites: Sites = PUBLIC_SITES) -> dict[str, object]:
    """The entity of an image as plain dictionaries, lists and strings, with keys in the usual order.

    The title of a base image is its short reference by default, because its name is derived from it and may be cut.
    """
    title = image.title or (image.reference.familiar if image.role is Role.BASE else None)
    metadata: dict[str, object] = {
        "name": image.name,
        "title": title,
        "description": _description(image, title),
        "annotations": annotations(image, sites),
        "labels": labels(image),
        "tags": tags(image),
        "links": _links(image, sites),
    }
    spec: dict[str, object] = {
        "type": _TYPES[image.role],
        "owner": image.owner,
        "lifecycle": image.lifecycle or DEFAULT_LIFECYCLE,
        "system": image.system,
        "dependsOn": sorted({f"resource:default/{dependency.name}" for dependency in image.dependencies}),
    }
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": _filled(metadata), "spec": _filled(spec)}


def _description(image: Image, title: str | None) -> str:
    """The description with the reference of the image, full and short.

    Backstage's search reads the title and the description of an entity only (backstage:
    search-backend-module-catalog, defaultCatalogCollatorEntityTransformer).
    """
    described = (image.description or "").rstrip()
    full, short = str(image.reference), image.reference.familiar
    written = full if short in (full, title) else f"{full} ({short})"
    if full in described:
        return described
    if not described:
        return f"{_KINDS[image.role]} {written}"
    # A description of several lines may be Markdown.
    return f"{described}\n\n{written}" if "\n" in described else f"{described} - {written}"


def _links(image: Image, sites: Sites) -> list[dict[str, str]]:
    run = image.last_rebuild.url if image.last_rebuild else None
    pages = (
        (registry_page(ImageReference(image.registry, image.repository), sites), "Registry"),
        (source_page(source_of(image), sites), "Source"),
        (run, "Last run"),
        (f"{sites.service}/images/{quote(image.name)}" if sites.service else None, "Image Factory"),
    )
    return [{"url": url, "title": title} for url, title in pages if url and is_web_address(url)]


def _filled(section: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in section.items() if value}
