"""The documents in Docker Hub's answers."""

from datetime import datetime

from tests.peers.docker_hub.state import HubImage, Repository, Tag
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.contract import Json

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def tag_document(repository: Repository, tag: Tag) -> Json:
    """A tag as lists and single answers show it; old tags say neither digest nor type."""
    pushed = _time(tag.pushed_at)
    document = {
        "creator": 1,
        "id": tag.id,
        "images": [_image(image, pushed) for image in tag.images],
        "last_updated": pushed,
        "last_updater": 1,
        "last_updater_username": repository.namespace,
        "name": tag.name,
        "repository": repository.id,
        "full_size": tag.images[0].size if tag.images else 0,
        "v2": True,
        "tag_status": tag.status,
        "tag_last_pulled": None,
        "tag_last_pushed": pushed,
        "content_type": "image",
    }
    if tag.digest:
        document |= {"digest": tag.digest, "media_type": _INDEX if len(tag.images) > 1 else _MANIFEST}
    return document


def repository_document(repository: Repository) -> Json:
    """A repository."""
    updated = max((tag.pushed_at for tag in repository.tags.values()), default=repository.created_at)
    return {
        "user": repository.namespace,
        "name": repository.name,
        "namespace": repository.namespace,
        "repository_type": "image",
        "status": 1,
        "status_description": "active",
        "description": "",
        "is_private": repository.private,
        "is_automated": False,
        "star_count": 0,
        "pull_count": 0,
        "last_updated": _time(updated),
        "date_registered": _time(repository.created_at),
    }


def refusal(status: int, message: str, **about: str) -> Answer:
    """Docker Hub's error document."""
    return json_answer(status, {"message": message, "errinfo": about})


def _image(image: HubImage, pushed: str) -> Json:
    document = {
        "architecture": image.architecture,
        "features": "",
        "variant": image.variant,
        "digest": image.digest,
        "os": image.os,
        "os_features": "",
        "os_version": None,
        "size": image.size,
        "status": "active",
        "last_pulled": None,
        "last_pushed": pushed,
    }
    if image.digest is None:
        del document["digest"]
    return document


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S.%fZ}"
