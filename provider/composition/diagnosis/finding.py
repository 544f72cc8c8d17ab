"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether it works."""

    OK = "ok"
    NOT_OK = "not ok"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line of the diagnosis.

    Attributes:
        subject: what was checked.
        verdict: whether it works.
        message: what was found.
        remedy: what to do; empty where it works.
    """

    subject: str
    verdict: Verdict
    message: str
    remedy: str = ""


def works(subject: str, message: str) -> Diagnosis:
    """It works, or is not used."""
    return Diagnosis(subject, Verdict.OK, message)


def fails(subject: str, message: str, remedy: str) -> Diagnosis:
    """It does not work."""
    return Diagnosis(subject, Verdict.NOT_OK, message, remedy)


def unknown(subject: str, message: str, remedy: str) -> Diagnosis:
    """It could not be checked."""
    return Diagnosis(subject, Verdict.NOT_KNOWN, message, remedy)
