"""Each field of a form is a field of the API, with the same values."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from marshmallow import fields as api_fields

from provider.config_repo.enrollments.schema import BuildSchema, EnrollmentSchema, SourceSchema
from provider.domain.duration import print_duration
from provider.domain.enrolling.files import file_problem
from provider.domain.enrollment import DEFAULT_REBUILD_DELAY
from provider.domain.source_address import repo_problem
from tests.scaffolder_templates.forms import TEMPLATES, Schema, accepts, fields, template, variants

FORMS = ("enroll-image", "change-image")
BY_GIT_ONLY = {"source.contexts", "source.bake", "source.baseImages", "source.workflow", "verify"}
"""What a form cannot ask plainly; a change keeps it. `build` has the workflow."""
OF_THE_FORM = {"checkOnly", "image", "file"}
ENTRY, SOURCE, BUILD = EnrollmentSchema(), SourceSchema(), BuildSchema()
_WORDS = """
a A z9 a-b -a a- a_b a.b .a a. a..b a/b /a a/ a//b a/b/c ghcr.io ghcr.io:443 ghcr.io:0 ghcr.io:65535
ghcr.io:65536 ghcr.io:99999 ghcr.io: localhost localhost:5000 registry:5000 registry Ghcr.io https://ghcr.io
acme/portal acme/portal:1 acme/Portal acme/por__tal acme/por___tal acme/a--b acme/a- latest 1.2 v1 main
release/1.2 a.lock a.lock/b a@{b @ a~1 a^ a:b a? a* a[b app/Dockerfile ../Dockerfile app/../Dockerfile
./Dockerfile Dockerfile* https://a/b git@a:b/c -f build.yml build.yaml build.json .build.yml dir/build.yml
linux/amd64 linux linux/arm/v7 Linux/amd64 group:default/platform user:default/jane.doe group:platform platform
team:default/a portal system:default/portal default/portal group:default/portal 7d 0d 7 d 7x 1h30m 2w 3600s 05m
acme/portal.git acme/. acme/.. https://git.example.org/a/b.git ssh://git@h/a $(id) <b> é low normal high all
final github gitlab git webhook github-actions svn Dockerfile.j2 docker-compose.yml docker-bake.hcl 9999999999d
https:// https:///x https://user@ci.example.org/x https://ci.example.org/x?y=1 3651d 3650d
"""
TEXTS = [
    *_WORDS.split(),
    *("a" * length for length in (63, 64, 128, 129, 255, 256)),
    "",
    " ",
    "a b",
    "a\\b",
    "my build.yml",
    "group:default/a b",
    " 7d",
    "a\tb",
    "a\nb",
    "a\u200bb",
]


def _field(dotted: str) -> api_fields.Field[Any]:
    part, _, key = dotted.rpartition(".")
    schema = {"": ENTRY, "source": SOURCE, "build": BUILD}[part]
    (found,) = [field for name, field in schema.load_fields.items() if (field.data_key or name) == key]
    return found


def _api_takes(dotted: str) -> Callable[[str], bool]:
    field = _field(dotted)

    def takes(text: str) -> bool:
        try:
            field.deserialize(text)
        except ValidationError:
            return False
        return True

    return takes


def _is_text(schema: Schema) -> bool:
    return bool(schema.get("type") == "string")


_INVISIBLE = "a\u200bb"
WIDER = {
    *((field, _INVISIBLE) for field in ("title", "lifecycle", "source.branch", "source.dockerfile", "build.ref")),
    *(("source.dockerfile", text) for text in ("Dockerfile.j2", "docker-compose.yml", "docker-bake.hcl")),
    *(("rebuildDelay", text) for text in ("9999999999d", "3651d")),
    ("build.url", "https:///x"),
}
"""What only the API refuses: it knows more about the value than a pattern says."""

PLAIN = sorted(
    (name, dotted)
    for name in FORMS
    for dotted, schema in fields(name).items()
    if _is_text(schema) and dotted not in {"source.repo", "image", "file"}
)


@pytest.mark.parametrize("name", FORMS)
def test_the_form_has_each_field_of_the_api(name: str) -> None:
    """Field by field, and none that the API does not know."""
    known = {field.data_key or key for key, field in ENTRY.load_fields.items()}
    for part, schema in (("source", SOURCE), ("build", BUILD)):
        known |= {f"{part}.{field.data_key or key}" for key, field in schema.load_fields.items()}
    asked = fields(name).keys() - OF_THE_FORM
    missing = BY_GIT_ONLY | ({"name"} if name == "change-image" else set())

    assert known - asked == missing
    assert asked - known == set()


@pytest.mark.parametrize(("name", "dotted"), PLAIN)
def test_the_form_takes_what_the_api_takes(name: str, dotted: str) -> None:
    """Each text of a list of ordinary and odd ones, with the expressions of JavaScript."""
    takes, schema = _api_takes(dotted), fields(name)[dotted]

    differences = [text for text in TEXTS if accepts(schema, text) != takes(text)]
    assert differences == [text for text in TEXTS if (dotted, text) in WIDER]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("provider", ["github", "gitlab", "git"])
def test_the_source_repository_depends_on_its_provider(name: str, provider: str) -> None:
    """As in the API; of a git address the form checks the beginning only."""
    schema = variants(name, "source")[provider]["properties"]["repo"]
    for text in TEXTS:
        taken = repo_problem(provider, text) is None  # type: ignore[arg-type]  # each is one of the literals
        assert accepts(schema, text) == taken or (provider == "git" and accepts(schema, text)), text


@pytest.mark.parametrize("name", FORMS)
def test_each_build_system_takes_its_own_keys(name: str) -> None:
    """And needs the same ones."""
    found = variants(name, "build")
    examples = {"workflow": "b.yml", "ref": "main", "project": "acme/b", "url": "https://a.example/b"}
    minimal: dict[str, dict[str, str]] = {
        "github-actions": {"workflow": "b.yml"},
        "gitlab": {},
        "webhook": {"url": "https://a.example/b"},
    }

    assert found.keys() == minimal.keys()
    for system, option in found.items():
        assert set(option.get("required", [])) == minimal[system].keys()
        BUILD.load({"system": system, **minimal[system]})
        for key in option["properties"].keys() - {"system"}:
            BUILD.load({"system": system, **minimal[system], key: examples[key]})


def test_a_new_image_needs_what_the_api_needs() -> None:
    """And an owner, since a person may only add their own."""
    needed = {field.data_key or key for key, field in ENTRY.load_fields.items() if field.required}
    pages = template("enroll-image")["spec"]["parameters"]

    assert {key for page in pages for key in page.get("required", [])} == needed | {"owner"}


def test_the_defaults_of_the_form_are_those_of_the_api() -> None:
    """A person sees what applies."""
    defaults = {key: schema["default"] for key, schema in fields("enroll-image").items() if "default" in schema}

    assert defaults.pop("checkOnly") is False
    assert defaults.pop("rebuildDelay") == print_duration(DEFAULT_REBUILD_DELAY)
    assert defaults == {key: _field(key).load_default for key in defaults}


@pytest.mark.parametrize("name", TEMPLATES[1:])
def test_a_change_has_no_defaults(name: str) -> None:
    """An empty field keeps its value."""
    assert [key for key, schema in fields(name).items() if "default" in schema] == ["checkOnly"]


@pytest.mark.parametrize("name", FORMS)
def test_platforms_and_build_arguments_are_those_of_the_api(name: str) -> None:
    """Their items, and the names of the arguments."""
    found = fields(name)
    platform, argument = found["platforms"]["items"], {"pattern": found["source.buildArgs"]["propertyNames"]["pattern"]}

    for text in TEXTS:
        assert accepts(platform, text) == _takes_list("platforms", text), text
        assert accepts(argument, text) == _takes_name("source.buildArgs", text), text


def test_the_file_is_one_of_the_config_repository() -> None:
    """As the API checks it."""
    schema = fields("enroll-image")["file"]
    texts = [*TEXTS, "images.yaml", "images.d/team-a.yaml", "images.d/../x.yaml", "images.d/a/b.yaml", "images.d/.yaml"]

    assert [text for text in texts if accepts(schema, text) != (file_problem(text) is None)] == []


@given(st.text(max_size=70))
def test_no_text_is_a_name_for_the_form_alone(text: str) -> None:
    """Whatever is typed."""
    assert accepts(fields("enroll-image")["name"], text) == _api_takes("name")(text)


def _takes_list(dotted: str, text: str) -> bool:
    try:
        _field(dotted).deserialize([text])
    except ValidationError:
        return False
    return True


def _takes_name(dotted: str, text: str) -> bool:
    try:
        _field(dotted).deserialize({text: "x"})
    except ValidationError:
        return False
    return True
