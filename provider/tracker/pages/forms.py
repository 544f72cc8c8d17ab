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
    LONGEST_REASON,
    LONGEST_RELEASE_NOTES,
    LONGEST_URL,
    LONGEST_VERSION,
    name_problem,
    notes_problem,
    parsed_labels,
    reason_problem,
    url_problem,
    version_problem,
)
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import Tracked
from provider.tracker.decisions.versions.expressions import LONGEST_EXPRESSION, expression_problem
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases
from provider.tracker.pages.labels import ANNOUNCED, FORMS, PRERELEASES, SOURCES, TYPES
from provider.tracker.ports import OwnerListKind
from provider.tracker.services.editing import RepositoryRequest

_TO_THE_SECOND = "%Y-%m-%dT%H:%M:%S"
_TO_THE_MINUTE = "%Y-%m-%dT%H:%M"
_LONGEST_HASH = 300
_SUGGESTED = SelectChoice("", "Detect from the address")
_TYPES = [SelectChoice(kind.value, label) for kind, label in TYPES.items()]
_FORMS = [SelectChoice(form.value, label) for form, label in FORMS.items()]
_ADDRESS_HINT = "For example https://github.com/OWNER/NAME, https://git.example.org/team/app.git or ghcr.io/acme/app."
_SOURCES = [SelectChoice("", SOURCES[None]), *(SelectChoice(each.value, SOURCES[each]) for each in ListSource)]
_PRERELEASES = [SelectChoice(each.value, PRERELEASES[each]) for each in Prereleases]
_ANNOUNCED = [SelectChoice(each.value, ANNOUNCED[each]) for each in AnnouncedVersions]
_PRERELEASES_HINT = "They are announced only if Announce, below, is All listed releases."
_ANNOUNCE_HINT = (
    "Which of the listed releases become messages in the channel and events of the webhook. Stable releases are neither"
    " pre-releases nor from a channel such as nightly. With Nothing, failures to poll the repository are not announced"
    " either."
)
_OWNER_LISTS = [
    SelectChoice(OwnerListKind.REPOSITORIES.value, "Its own"),
    SelectChoice(OwnerListKind.STARRED.value, "Those that the user has starred"),
]
_EXPRESSION = {"maxlength": LONGEST_EXPRESSION, "spellcheck": "false", "autocapitalize": "off"}
_INCLUDE_HINT = "A regular expression (RE2), for example ^controller-v[0-9]. Empty: all versions."
_EXCLUDE_HINT = "For example (?i)nightly|^helm-chart-."
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


def _labels(text: str) -> str | None:
    return parsed_labels(text)[1]


def _deployed(text: str) -> str | None:
    return version_problem(text) if text else None


def _short_hash(text: str) -> str | None:
    fits = len(text) <= _LONGEST_HASH and text.isprintable()
    return None if fits else f"a hash must be one line of at most {_LONGEST_HASH} printable characters"


def _release_notes(text: str) -> str | None:
    return notes_problem(text, LONGEST_RELEASE_NOTES)


class OptionsForm(Form):
    """What a person says of a repository besides its address."""

    name = StringField("Name", [_validator(name_problem)], render_kw={"maxlength": LONGEST_NAME, "required": True})
    notes = TextAreaField("Notes", [_validator(notes_problem)])
    tag_form = SelectField("Which tags count", choices=_FORMS, description=_FORM_HINT)
    source = SelectField(
        "Which list is read", choices=_SOURCES, default="", description="Applies to repositories at GitHub."
    )
    include = StringField(
        "Only versions that match", [_validator(expression_problem)], description=_INCLUDE_HINT, render_kw=_EXPRESSION
    )
    exclude = StringField(
        "No versions that match", [_validator(expression_problem)], description=_EXCLUDE_HINT, render_kw=_EXPRESSION
    )
    prereleases = SelectField(
        "Pre-releases", choices=_PRERELEASES, default=Prereleases.TELL.value, description=_PRERELEASES_HINT
    )
    announce = SelectField(
        "Announce", choices=_ANNOUNCED, default=AnnouncedVersions.ALL.value, description=_ANNOUNCE_HINT
    )
    labels = StringField("Labels", [_validator(_labels)], description="Words to find it by, separated by commas.")
    deployed_version = StringField(
        "Deployed version", [_validator(_deployed)], description="The version that your organization runs."
    )

    def options(self) -> dict[str, Any]:
        """These fields as arguments of a request."""
        return {
            "name": _text(self.name) or None,
            "notes": _lines(self.notes),
            "tag_form": TagForm(self.tag_form.data),
            "source": ListSource(self.source.data) if self.source.data else None,
            "include": _text(self.include),
            "exclude": _text(self.exclude),
            "prereleases": Prereleases(self.prereleases.data),
            "announce": AnnouncedVersions(self.announce.data),
            "labels": parsed_labels(_text(self.labels))[0],
            "deployed_version": _text(self.deployed_version),
        }


class NewForm(OptionsForm):
    """The second step: name and options, prefilled from the check, to be saved."""

    url = HiddenField(validators=[InputRequired()])
    type = HiddenField()
    unchecked = BooleanField(
        "Save even though the check failed",
        description="The repository is tracked anyway, and the next polls try to read its releases.",
    )

    def request(self) -> RepositoryRequest:
        """The request that the form contains."""
        return RepositoryRequest(_text(self.url), _kind(self.type), **self.options())


class EditForm(OptionsForm):
    """A form to edit a tracked repository."""

    url = StringField("Address", [InputRequired("Enter the address of the repository.")], description=_ADDRESS_HINT)
    type = SelectField("Type", choices=_TYPES)
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
            source=tracked.wanted.source.value if tracked.wanted.source else "",
            include=tracked.wanted.include,
            exclude=tracked.wanted.exclude,
            prereleases=tracked.wanted.prereleases.value,
            announce=tracked.wanted.announce.value,
            labels=", ".join(tracked.labels),
            deployed_version=tracked.deployed_version,
            version=tracked.version,
        )

    def request(self) -> RepositoryRequest:
        """The request that the form contains."""
        return RepositoryRequest(_text(self.url), _kind(self.type), **self.options())


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


class SkipForm(Form):
    """Why a release is skipped."""

    reason = StringField(
        "Reason", [_validator(reason_problem)], render_kw={"maxlength": LONGEST_REASON, "required": True}
    )

    def text(self) -> str:
        """The reason."""
        return _text(self.reason)


class OwnerForm(Form):
    """Whose repositories at GitHub are imported."""

    owner = StringField(
        "User or organization at GitHub",
        [InputRequired("Enter the name of a user or an organization.")],
        render_kw={"maxlength": 100, "autocapitalize": "off", "spellcheck": "false"},
    )
    list = SelectField("Which repositories", choices=_OWNER_LISTS, default=OwnerListKind.REPOSITORIES.value)
    forks = BooleanField("Forks too")
    archived = BooleanField("Archived repositories too")

    def name(self) -> str:
        """The name of the owner."""
        return _text(self.owner).removeprefix("@")

    def kind(self) -> OwnerListKind:
        """The list that is wanted."""
        return OwnerListKind(self.list.data)


class ImportForm(Form):
    """A form to import repositories from a file."""

    file = FileField("File", [InputRequired("Choose a file.")], render_kw={"accept": ".csv,.yaml,.yml,.txt"})


class ListForm(Form):
    """A form to import a list of addresses."""

    addresses = TextAreaField(
        "Addresses, one per line",
        [InputRequired("Enter at least one address.")],
        description="Blank lines and comments after # are left out.",
        render_kw={"rows": "8", "spellcheck": "false", "autocapitalize": "off"},
    )

    def text(self) -> str:
        """The list."""
        return _lines(self.addresses)


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
