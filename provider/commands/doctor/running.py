"""Prints the findings of all checks; no secret of the settings is in them."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence

from provider.commands.logged_parts import logged_parts
from provider.composition.diagnosis.diagnosing import diagnose
from provider.composition.diagnosis.finding import Diagnosis, Verdict, fails, works
from provider.composition.parts import utc_now
from provider.settings import read_settings
from provider.settings.problems import SettingsError
from proxy.errors import InvalidSetting
from proxy.secrets.redactor import Redactor


def run(environment: Mapping[str, str], form: str) -> int:
    """Check, print, and return 1 if something does not work."""
    try:
        settings = read_settings(environment)
        with logged_parts(settings, logging.WARNING) as parts:
            found = [works("settings", "they can be used"), *diagnose(parts, utc_now())]
            _show(found, form, parts.redactor)
    except (InvalidSetting, SettingsError) as error:
        # Its message has no values of secrets.
        found = [fails("settings", str(error), "Correct the setting; docs/settings.md has all of them.")]
        _show(found, form, Redactor(()))
    return int(any(finding.verdict is Verdict.NOT_OK for finding in found))


def _show(found: Sequence[Diagnosis], form: str, redactor: Redactor) -> None:
    if form == "json":
        rows = [
            {"subject": each.subject, "verdict": each.verdict, "message": each.message, "remedy": each.remedy or None}
            for each in found
        ]
        print(redactor(json.dumps(rows, indent=2)))
    else:
        print(redactor("\n".join(_lines(found))))


def _lines(found: Sequence[Diagnosis]) -> Iterable[str]:
    width = max(len(each.subject) for each in found)
    for each in found:
        yield f"{each.verdict:<9}  {each.subject:<{width}}  {each.message}"
        if each.remedy:
            yield f"{'':<9}  {'':<{width}}  {each.remedy}"
