"""When a host allows the next request, and how many requests it allows, by the headers of its answers."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LEAST = timedelta(seconds=1)
MOST = timedelta(hours=1)
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]+)?")
_GO_PART = re.compile(r"([0-9]{1,12}(?:\.[0-9]+)?)(h|ms|m|s|us|µs|μs|ns)")
_GO_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_LIMIT = re.compile(r"\s*([0-9]{1,12})\s*(?:;.*?\bw=([0-9]{1,9}))?.*")


def parse_retry_after(text: str, now: datetime) -> timedelta | None:
    """The wait that a `Retry-After` requires, from one second to one hour; None if the text cannot be read.

    RFC 9110 defines seconds and HTTP dates. GHCR sends Go durations such as `880.092µs`, whose bytes arrive here as
    Latin-1; a wait of less than a second counts as one second.
    """
    seconds = _seconds(_as_sent(text).strip(), now)
    if seconds is None:
        return None
    return timedelta(seconds=min(max(seconds, LEAST.total_seconds()), MOST.total_seconds()))


def delay_seconds(wait: timedelta) -> int:
    """A wait as the value of a `Retry-After` header: whole seconds that are not too early, at least one."""
    return max(1, math.ceil(wait.total_seconds()))


def wait_of(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The wait that an answer requires; None if it has no header for it that can be read.

    Docker Hub's `X-Retry-After` is a time, in seconds since 1970.
    """
    if (text := headers.get("retry-after")) is not None and (wait := parse_retry_after(text, now)) is not None:
        return wait
    at = headers.get("x-retry-after", "").strip()
    if not _SECONDS.fullmatch(at):
        return None
    return min(max(timedelta(seconds=float(at) - now.timestamp()), LEAST), MOST)


def parse_limit(text: str) -> tuple[int, timedelta | None] | None:
    """`76;w=21600` as number and window; None if the text cannot be read."""
    found = _LIMIT.fullmatch(text)
    if not found:
        return None
    return int(found[1]), timedelta(seconds=int(found[2])) if found[2] else None


def _as_sent(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _seconds(text: str, now: datetime) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text)
    parts = _GO_PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return sum(float(number) * _GO_UNITS[unit] for number, unit in parts)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
