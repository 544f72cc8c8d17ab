"""The form for an entry: values of fields to keys of images.yaml, and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments.requested import requested_entry
from provider.pages.enrolling.fields import FIELDS, GROUPS
from provider.pages.enrolling.form import document_of, field_of, form_of, new_form, sent_form, title_of
from tests.peers.cosign.signatures import Key

KEY = Key.new().pem
ENTRY: dict[str, Any] = {"name": "app", "registry": "ghcr.io", "repository": "acme/app"}
GITHUB: dict[str, Any] = {"provider": "github", "repo": "acme/portal"}
EVERYTHING: dict[str, Any] = {
    **ENTRY,
    "tag": "v1",
    "source": {
        **GITHUB,
        "branch": "next",
        "dockerfile": ["a/Dockerfile", "b/Dockerfile"],
        "buildArgs": {"NODE": "22", "EMPTY": "", "FLAGS": "-a=b -c"},
        "target": "run",
        "contexts": {"src": "local", "base": "docker-image://node:22"},
        "baseImages": ["node:22", "alpine:3"],
    },
    "build": {"system": "github-actions", "workflow": "b.yml", "ref": "next"},
    "rebuildDelay": "12h",
    "autoRebuild": False,
    "rebuildOn": "final",
    "platforms": ["linux/amd64", "linux/arm64"],
    "criticality": "high",
    "verify": {
        "cosign": {
            "keys": ["keys/team.pem", KEY, "keys/other.pem"],
            "identity": {
                "issuer": "https://token.actions.githubusercontent.com",
                "subject": "https://github.com/acme/*",
                "trustedRoot": "keys/trusted_root.json",
            },
        },
        "bases": ["cgr.dev/**", "node"],
    },
    "owner": "group:default/team-a",
    "title": "The app",
    "description": "Two\nlines",
    "system": "portal",
    "lifecycle": "production",
}


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY,
        EVERYTHING,
        {**ENTRY, "source": {**GITHUB, "workflow": "b.yml"}},
        {**ENTRY, "source": {**GITHUB, "bake": {"file": "docker-bake.hcl", "target": "app"}}},
        {**ENTRY, "source": {"provider": "gitlab", "repo": "acme/x"}, "build": {"system": "gitlab"}},
        {**ENTRY, "source": GITHUB, "build": {"system": "webhook", "url": "https://hooks.example/build"}},
        {**ENTRY, "source": {**GITHUB, "dockerfile": "docker/Dockerfile"}},
    ],
)
def test_every_key_of_an_entry_survives_the_form(entry: dict[str, Any]) -> None:
    """The form of an entry, sent back unchanged, is the same entry."""
    before = requested_entry(entry, ()).entry
    form = sent_form([(key, [value.replace("\n", "\r\n")]) for key, value in form_of(before).values.items()])
    document, wrong = document_of(form)

    assert wrong == {}
    again = requested_entry(document, ())
    assert (again.entry, again.file) == (before, "images.yaml")


def test_a_new_form_has_the_usual_values() -> None:
    """The defaults of images.yaml, and the owner."""
    values = new_form("group:default/team-a").values
    chosen = {key: value for key, value in values.items() if value}
    assert chosen == {
        "tag": "latest",
        "source.provider": "github",
        "build.system": "github-actions",
        "rebuildDelay": "7d",
        "autoRebuild": "true",
        "rebuildOn": "all",
        "criticality": "normal",
        "owner": "group:default/team-a",
    }


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ([("nmae", ["x"])], "'nmae', which is not known"),
        ([("source", ["x"])], "'source', which is not known"),
        ([("name.first", ["x"])], "not known"),
        ([("", ["x"])], "not known"),
        ([("name", ["a", "b"])], "name more than once"),
    ],
)
def test_an_unknown_or_repeated_field_is_refused(sent: list[tuple[str, list[str]]], words: str) -> None:
    """The message names it."""
    with pytest.raises(ValueError, match=words):
        sent_form(sent)


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("source.buildArgs", "NODE", "the line 'NODE' has no '='"),
        ("source.buildArgs", "A=1\nA=2", "names 'A' twice"),
        ("source.contexts", "src", "has no '='"),
        ("source.contexts", "a=local\nb", "the line 'b' has no '='"),
    ],
)
def test_lines_that_name_no_value_are_reported(key: str, text: str, words: str) -> None:
    """At their field."""
    _, wrong = document_of(sent_form([(key, [text])]))
    assert list(wrong) == [key]
    assert words in wrong[key]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("name", "name"),
        ("platforms[1]", "platforms"),
        ("source", "source.provider"),
        ("source.dockerfile[0]", "source.dockerfile"),
        ("source.buildArgs.A.B", "source.buildArgs"),
        ("build", "build.system"),
        ("source.bake", "source.bake.file"),
        ("source.workflow", "build.workflow"),
        ("entry", ""),
        ("", ""),
    ],
)
def test_an_error_is_shown_at_the_nearest_field(path: str, key: str) -> None:
    """Paths in an entry are finer than the fields of the form."""
    assert field_of(path) == key


def test_messages_name_the_part_of_a_field() -> None:
    """Several messages about one field are shown together; while typing, what is missing is no error yet."""
    form = new_form("").with_errors(
        {"platforms[1]": "wrong", "platforms[0]": "bad", "name": "is missing", "entry": "no"}
    )
    assert form.errors == {"platforms": "1: wrong; 0: bad", "name": "is missing", "": "no"}
    typing = new_form("").with_errors({"name": "is missing", "tag": "wrong"}, typing=True)
    assert typing.errors == {"tag": "wrong"}


def test_what_differs_from_the_usual_is_not_hidden() -> None:
    """A disclosure is open where one of its fields has a value or an error."""
    policy = next(group for group in GROUPS if group.title == "Rebuild policy")
    assert not new_form("").opens(policy.more)
    assert new_form("").with_errors({"platforms[0]": "wrong"}).opens(policy.more)
    assert form_of(requested_entry(EVERYTHING, ()).entry).opens(policy.more)
    assert title_of("platforms") == "Rebuild policy: Platforms"


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text()))
def test_no_text_breaks_the_form(values: dict[str, str]) -> None:
    """Whatever is sent, a document comes out."""
    document, _ = document_of(sent_form([(key, [value]) for key, value in values.items()]))
    assert set(document) <= {key.partition(".")[0] for key in FIELDS}
