"""The form of a request: what a person wrote, and what is wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from catalog.reference import Digest, InvalidReference, parse_digest
from provider.domain.asking.limits import CVE_FORM, LONGEST_REASON

NEEDS_REASON = frozenset({"rebuild", "emergency", "hold", "skip"})


@dataclass(frozen=True, slots=True)
class AskForm:
    """What a person wrote; `errors` has a message for each field that is wrong."""

    reason: str = ""
    cve: str = ""
    until: str = ""
    digest: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def end(self) -> datetime | None:
        """The end, midnight in UTC; None where there is none."""
        if not self.until:
            return None
        day = date.fromisoformat(self.until)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    @property
    def whole_digest(self) -> Digest | None:
        """The digest; None where there is none."""
        return parse_digest(self.digest) if self.digest else None


def read_form(kind: str, sent: Mapping[str, str], now: datetime) -> AskForm:
    """The form of this kind of request, with its errors; fields of other kinds are not read."""
    reason = " ".join(sent.get("reason", "").split())
    cve = sent.get("cve", "").strip() if kind in ("rebuild", "emergency") else ""
    until = sent.get("until", "").strip() if kind == "hold" else ""
    digest = sent.get("digest", "").strip() if kind in ("skip", "unskip") else ""
    errors: dict[str, str] = {}
    if kind in NEEDS_REASON and not reason:
        errors["reason"] = "Say why; other people read it."
    elif len(reason) > LONGEST_REASON:
        errors["reason"] = f"Longer than {LONGEST_REASON} characters."
    if cve and not CVE_FORM.fullmatch(cve):
        errors["cve"] = "Not an id of the CVE program; write CVE-2026-12345."
    if until and (problem := _wrong_end(until, now)):
        errors["until"] = problem
    if kind in ("skip", "unskip") and not _is_digest(digest):
        errors["digest"] = "Not a digest; write sha256: followed by 64 hexadecimal digits."
    return AskForm(reason, cve, until, digest, errors)


def _wrong_end(until: str, now: datetime) -> str | None:
    try:
        day = date.fromisoformat(until)
    except ValueError:
        return "Not a date; write 2026-12-05."
    end = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return None if end > now else "This day has begun already in UTC; choose a later one."


def _is_digest(text: str) -> bool:
    try:
        parse_digest(text)
    except InvalidReference:
        return False
    return True
