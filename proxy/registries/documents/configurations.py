"""What the configuration of an image says. Pure.

Source: image-spec, "OCI Image Configuration".
"""

from datetime import UTC, datetime

from proxy.ports import Configuration
from proxy.registries.documents.contents import publishers, shown_text
from proxy.registries.manifests import json_object, parse_platform

# Reproducible builds write a fixed date: 1970, or 1980, before which a zip file can name no time.
_FIRST_REAL_BUILD = datetime(1981, 1, 1, tzinfo=UTC)


def parse_configuration(body: bytes, where: object) -> Configuration:
    """Parse a configuration.

    Args:
        body: its bytes, already verified.
        where: the name of the image, for messages.

    Raises:
        Garbage: it is not a JSON object.
    """
    document = json_object(body, where)
    config = document.get("config")
    labels = config.get("Labels") if isinstance(config, dict) else None
    return Configuration(
        platform=parse_platform(body, where),
        os_version=shown_text(document.get("os.version")) or None,
        built_at=built_at(document.get("created")),
        labels=publishers(labels.items()) if isinstance(labels, dict) else {},
    )


def built_at(value: object) -> datetime | None:
    """The time of a build, in UTC; None if it is no time, or the fixed date of a reproducible build."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
        if time is None:
            return None
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return time if time >= _FIRST_REAL_BUILD else None
