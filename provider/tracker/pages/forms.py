"""The tracker's forms. The rules of the fields are in `decisions/fields.py`; forms call them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm  # type: ignore[import-untyped]  # ships no types
from wtforms import (  # type: ignore[import-untyped]  # ships no types
    BooleanField,
    DateTimeLocalField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import (
    Form as AnyForm,
)
from wtforms.fields import SelectChoice  # type: ignore[import-untyped]  # as above
from wtforms.validators import InputRequired, Optional, ValidationError  # type: ignore[import-untyped]  # as above
from wtforms.widgets import HiddenInput  # type: ignore[import-untyped]  # as above

from provider.tracker.decisions.fields import (
    LONGEST_NAME,
    LONGEST_RELEASE_NOTES,
    LONGEST_URL,
    LONGEST_VERSION,
    name_problem,
    notes_problem,
    url_problem,
    version_problem,
)
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import Tracked
from provider.tracker.pages.labels import FORMS, TYPES
from provider.tracker.services.editing import RepositoryRequest

_TO_THE_SECOND = "%Y-%m-%dT%H:%M:%S"
_TO_THE_MINUTE = "%Y-%m-%dT%H:%M"
_LONGEST_HASH = 300
_SUGGESTED = SelectChoice("", "Detect from the address")
_TYPES = [SelectChoice(kind.value, label) for kind, label in TYPES.items()]
_FORMS = [SelectChoice(form.value, label) for form, label in FORMS.items()]
_ADDRESS_HINT = "For example https://github.com/OWNER/NAME, https://git.example.org/team/app.git or ghcr.io/acme/app."
_FORM_HINT = "Applies to containers, and to repositories that have tags but no releases."


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form with a CSRF token."""

    def refuse(self, field: str, message: str) -> None:
        """Show an error of a service at its field."""
        self[field].errors = [*self[field].errors, sentence(message)]


class AddressForm(Form):
    """The first step: where the repository is."""

    url = StringField("Address", [InputRequired("Enter the address of the repository.")], description=_ADDRESS_HINT)
    type = SelectField("Type", choices=[_SUGGESTED, *_TYPES], validators=[Optional()])

    def request(self) -> RepositoryRequest:
        """The request that the form contains."""
        return RepositoryRequest(_text(self.url), _kind(self.type))


def _validator(problem: Callable[[str], str | None]) -> Callable[[AnyForm, Field], None]:
    def check(_: AnyForm, field: Field) -> None:
        if found := problem(_text(field)):
            raise ValidationError(sentence(found))

    return check


def _short_hash(text: str) -> str | None:
    fits = len(text) <= _LONGEST_HASH and text.isprintable()
    return None if fits else f"a hash must be one line of at most {_LONGEST_HASH} printable characters"


def _release_notes(text: str) -> str | None:
    return notes_problem(text, LONGEST_RELEASE_NOTES)


class NewForm(Form):
    """The second step: name and options, prefilled from the check, to be saved."""

    url = HiddenField(validators=[InputRequired()])
    type = HiddenField()
    name = StringField("Name", [_validator(name_problem)], render_kw={"maxlength": LONGEST_NAME, "required": True})
    notes = TextAreaField("Notes", [_validator(notes_problem)])
    tag_form = SelectField("Which tags count", choices=_FORMS, description=_FORM_HINT)
    unchecked = BooleanField("Save even though the check failed")

    def request(self) -> RepositoryRequest:
        """The request that the form contains."""
        return RepositoryRequest(
            _text(self.url), _kind(self.type), _text(self.name) or None, _lines(self.notes), TagForm(self.tag_form.data)
        )


class EditForm(Form):
    """A form to edit a tracked repository."""

    url = StringField("Address", [InputRequired("Enter the address of the repository.")], description=_ADDRESS_HINT)
    type = SelectField("Type", choices=_TYPES)
    name = StringField("Name", [_validator(name_problem)], render_kw={"maxlength": LONGEST_NAME, "required": True})
    notes = TextAreaField("Notes", [_validator(notes_problem)])
    tag_form = SelectField("Which tags count", choices=_FORMS, description=_FORM_HINT)
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    @classmethod
    def of(cls, tracked: Tracked) -> "EditForm":
        """The form with the current values of the repository."""
        return cls(
            url=tracked.address.url,
            type=tracked.address.type.value,
            name=tracked.name,
            notes=tracked.notes,
            tag_form=tracked.tag_form.value,
            version=tracked.version,
        )

    def request(self) -> RepositoryRequest:
        """The request that the form contains."""
        return RepositoryRequest(
            _text(self.url), _kind(self.type), _text(self.name), _lines(self.notes), TagForm(self.tag_form.data)
        )


class ReleaseForm(Form):
    """A form to add or edit a release by hand."""

    version = StringField(
        "Version", [_validator(version_problem)], render_kw={"maxlength": LONGEST_VERSION, "required": True}
    )
    date = DateTimeLocalField(
        "Date, in UTC", [Optional()], format=[_TO_THE_SECOND, _TO_THE_MINUTE], render_kw={"step": "1"}
    )
    url = StringField(
        "Address of the release page", [Optional(), _validator(url_problem)], render_kw={"maxlength": LONGEST_URL}
    )
    hash = StringField(
        "Hash", [_validator(_short_hash)], description="The hash of the commit, or the digest of the image."
    )
    notes = TextAreaField("Notes, in Markdown", [_validator(_release_notes)])
    prerelease = BooleanField("This is a pre-release")
    draft = BooleanField("This is a draft")

    @classmethod
    def of(cls, release: Release) -> "ReleaseForm":
        """The form with the current values of the release."""
        return cls(
            version=release.version,
            date=release.date and release.date.astimezone(UTC),
            url=release.url,
            hash=release.hash,
            notes=release.notes,
            prerelease=release.prerelease,
            draft=release.draft,
        )

    def release(self) -> FoundRelease:
        """The release that the form describes."""
        date: datetime | None = self.date.data
        return FoundRelease(
            version=_text(self.version),
            date=date and date.replace(tzinfo=UTC),
            notes=_lines(self.notes),
            url=_text(self.url) or None,
            hash=_text(self.hash) or None,
            prerelease=self.prerelease.data,
            draft=self.draft.data,
        )


class ImportForm(Form):
    """A form to import repositories from a file."""

    file = FileField("File", [InputRequired("Choose a file.")], render_kw={"accept": ".csv,.yaml,.yml"})


def sentence(message: str) -> str:
    """A message as a sentence with a capital letter and a full stop; an address or host name at its start is kept."""
    first = message.partition(" ")[0].rstrip(".:,;")
    text = message if set(first) & set(".:/") else message[:1].upper() + message[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _text(field: Any) -> str:
    return (field.data or "").strip()


def _lines(field: Any) -> str:
    """Browsers send line breaks as CR LF."""
    return (field.data or "").replace("\r\n", "\n")


def _kind(field: Any) -> RepositoryType | None:
    return RepositoryType(field.data) if field.data in set(RepositoryType) else None
