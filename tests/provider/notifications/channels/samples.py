"""Sample messages."""

from provider.notifications.message import Message, MessageKind

PUBLIC_URL = "https://images.example.com"


def release(version: str = "1.2.3", **others: object) -> dict[str, object]:
    """A release as in the body of a message."""
    known = {"version": version, "date": "2026-11-20T10:00:00+00:00", "notes": "", "hash": None, "prerelease": False}
    return {**known, "url": f"https://github.com/acme/tool/releases/tag/{version}", **others}


def releases(*found: dict[str, object], name: str = "tool") -> Message:
    """A message about releases of one repository that were found at the same time."""
    repository = {"id": 7, "name": name, "url": "https://github.com/acme/tool", "type": "github"}
    return Message(
        "releases:7:1", MessageKind.RELEASES, name, {"repository": repository, "releases": list(found) or [release()]}
    )


def rebuild(state: str = "running", **others: object) -> Message:
    """A message about a rebuild of portal."""
    known = {"image": "portal", "rebuild": "r-1", "state": state, "reason": "node:22 changed from aa to bb"}
    cause = {"name": "node", "reference": "node:22", "digest": f"sha256:{'b' * 64}", "previousDigest": None}
    return Message("rebuild:r-1", MessageKind.REBUILD, "portal", {**known, "causes": [cause], **others})


def failure(*names: str, over: bool = False) -> Message:
    """A message about images that cannot be checked."""
    items = [{"name": name, "message": "registry.example.com is down", "page": True} for name in names]
    body = {"title": f"{len(names)} images cannot be checked", "over": over, "count": len(names), "items": items}
    return Message("failure:error:1", MessageKind.FAILURE, "error", body)
