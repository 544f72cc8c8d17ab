"""All checks of an installation, at once; each has a time limit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from provider.composition.config_checkout import commit_identity
from provider.composition.diagnosis import hosts
from provider.composition.diagnosis.config_pushes import config_findings
from provider.composition.diagnosis.finding import Diagnosis, fails, unknown
from provider.composition.diagnosis.local import data_folder_findings, git_finding, signing_finding
from provider.composition.diagnosis.stored import database_findings
from provider.composition.parts import Parts
from provider.errors import ProviderError
from proxy.at_once import NotEnded, NotStarted, run_all
from proxy.deadline import Deadline
from proxy.errors import InvalidSetting, OutsideFailure

SECONDS = 45.0
_AGAIN = "Check the network and the host, and run the command again."


def diagnose(parts: Parts, now: datetime, seconds: float = SECONDS) -> Sequence[Diagnosis]:
    """Every finding, in the order of the checks. Nothing is written or changed.

    Args:
        parts: of this process; their database is not opened.
        now: to judge the last reports of the worker.
        seconds: how long all checks together may take.
    """
    checks = _checks(parts, now)
    found: dict[str, Sequence[Diagnosis]] = {}
    deadline = Deadline.after(seconds)
    names = list(checks)
    for number, result in run_all([checks[name] for name in names], len(names), deadline):
        found[names[number]] = _findings(names[number], result, seconds)
    clock = hosts.clock_finding(parts)
    return [*(finding for name in names for finding in found[name]), clock]


def _checks(parts: Parts, now: datetime) -> Mapping[str, Callable[[], Sequence[Diagnosis]]]:
    settings = parts.settings
    checks: dict[str, Callable[[], Diagnosis | Iterable[Diagnosis]]] = {
        "data folder": lambda: data_folder_findings(settings),
        "git": git_finding,
        "signed commits": lambda: signing_finding(commit_identity(settings)),
        "database": lambda: database_findings(settings, now),
        "config repository": lambda: config_findings(parts),
        "github": lambda: hosts.github_finding(parts),
        **dict(hosts.registry_checks(parts)),
        "backstage": lambda: hosts.backstage_finding(parts),
        "sign-in": lambda: hosts.sign_in_finding(parts),
        "messages": lambda: hosts.messages_finding(parts),
    }

    def taken(check: Callable[[], Diagnosis | Iterable[Diagnosis]]) -> Callable[[], Sequence[Diagnosis]]:
        def run() -> Sequence[Diagnosis]:
            result = check()
            return [result] if isinstance(result, Diagnosis) else list(result)

        return run

    return {name: taken(check) for name, check in checks.items()}


def _findings(subject: str, result: Sequence[Diagnosis] | Exception, seconds: float) -> Sequence[Diagnosis]:
    match result:
        case NotEnded() | NotStarted():
            return [unknown(subject, f"there was no answer within {seconds:g} seconds", _AGAIN)]
        case OutsideFailure():
            return [hosts.failed(subject, result)]
        case InvalidSetting() | ProviderError():
            return [fails(subject, str(result), "Correct what the message names.")]
        case Exception():
            return [unknown(subject, f"the check failed: {type(result).__name__}: {result}", "Report this problem.")]
        case _:
            return result
