"""What a person is shown after a change: a message, and the page on which it stands."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import url_for

from provider.domain.enrolling.change import EntryChange
from provider.domain.findings.finding import Level
from provider.enrolling_ports import KeyedAnswer
from provider.pages.enrolling.form import EntryForm
from provider.services.enrolling.acts import MadeChange
from provider.services.enrolling.service import PlannedChange, ReviewedChange

_SHORT = 12
# Neither a message nor an address has one.
_BREAK = "\n"
_BEFORE = "Shows what is found about the entry and what would be committed. It commits nothing."
_INCOMPLETE = "Fill in the required fields to see what would be committed."


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """A message, and the address of the page for it."""

    message: str
    location: str

    def kept(self) -> KeyedAnswer:
        """The form in which it is stored."""
        return KeyedAnswer(HTTPStatus.SEE_OTHER, f"{self.message}{_BREAK}{self.location}")

    @classmethod
    def again(cls, answer: KeyedAnswer) -> "ShownOutcome":
        """The outcome that was stored."""
        message, location = answer.body.split(_BREAK)
        return cls(message, location)


def outcome_of_change(change: EntryChange, made: MadeChange) -> ShownOutcome:
    """The message about a change that was made or proposed."""
    if isinstance(made, ReviewedChange):
        message = f"A pull request has the change of {change.subject}. It takes effect after somebody has merged it."
        return ShownOutcome(message, url_for("enrolling_pages.reviews", name=change.subject))
    edit, commit = made.edit.edit, made.edit.commit
    name = edit.entry.name if edit.entry else change.subject
    if commit is None:
        return ShownOutcome(f"{edit.file} had this entry already, so there was nothing to commit.", _image(name))
    where = f"in commit {commit[:_SHORT]}, file {edit.file}"
    if edit.entry is None:
        message = f"{name} was removed {where}. The worker applies this within seconds."
        return ShownOutcome(message, url_for("pages.images"))
    if change.name is None:
        message = f"{name} was enrolled {where}. The worker now reads its Dockerfile and checks its base images."
        return ShownOutcome(message, url_for("enrolling_pages.enrolled", name=name))
    if change.name != name:
        message = f"{change.name} was renamed to {name} {where}. The worker moves its history within seconds."
        return ShownOutcome(message, url_for("enrolling_pages.enrolled", name=name))
    return ShownOutcome(f"{name} was changed {where}. The worker applies this within seconds.", _image(name))


def check_words(form: EntryForm, planned: PlannedChange | None, refused: str | None, *, fields_missing: bool) -> str:
    """The result of a check in a sentence, for a screen reader too.

    Args:
        form: has the errors of fields.
        planned: what would be committed.
        refused: why nothing can be committed, other than for a field.
        fields_missing: the entry is refused, and only for what a person has yet to write.
    """
    if refused:
        return refused
    if form.errors:
        return f"{_count(len(form.errors), 'field')} to correct."
    if planned is None:
        return _INCOMPLETE if fields_missing else _BEFORE
    if not planned.plan.diff:
        return "No errors. The file has this entry already."
    warnings = sum(item.level is Level.WARNING for item in planned.findings.items)
    found = f" {_count(warnings, 'warning')}." if warnings else ""
    return f"No errors.{found} The change below can be committed."


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _image(name: str) -> str:
    return url_for("pages.image", name=name)
