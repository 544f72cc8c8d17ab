"""Files, make targets, tests and links in the documents exist, and the examples work."""

import ast
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from catalog.reference import Digest, ImageReference
from provider.builds.workflow_file import parse_workflow
from provider.commands.help_texts import USAGES
from provider.config_repo.enrollments.files import read_enrollments
from provider.config_repo.enrollments.policy import read_policy
from provider.config_repo.enrollments.schema import EnrollmentSchema, SourceSchema
from provider.config_repo.repository.first_commit import first_changes
from provider.domain.build_request import BASE_IMAGES, REASON, REBUILD_ID
from provider.domain.state import Target
from tests.peers.fixtures import peers_installed
from tests.peers.process import require

ROOT = Path(__file__).parents[1]
NAMING = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
TRACKER = "docs/release-tracker.md"
TRACKER_FEATURES = (
    "tracker/decisions/addresses",
    "tracker/decisions/polling",
    "tracker/decisions/transfer",
    "tracker/decisions/versions/order",
    "tracker/sources/container",
    "tracker/sources/git",
    "tracker/sources/github",
    "notifications/sending",
    "tracker/services/polling",
    "tracker/services/poll_round",
    "tracker/services/editing",
    "notifications/channels/slack",
    "tracker/api/releases",
    "tracker/api/repositories",
    "tracker/api/transfers",
    "pages/markdown",
    "tracker/pages/blueprint",
)
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
# These also name paths in other repositories and on other machines.
FOREIGN = {f"docs/{name}.md" for name in ("backstage", "building", "network", "settings", "statuses", "webhooks")}
OWN_PAGES = [page for page in PAGES if page not in FOREIGN]
DECISIONS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "decisions").glob("*.md"))
# Paths in a config repository or an installation, and examples; they are not in this project.
ELSEWHERE = ("state/", "images.d/", "data/", "acme/", "registry/", "docker.io/")
# Readers who had not seen the service before did not understand these.
UNCLEAR = (
    "stands on",
    "newest aged digest of every base",
    "for others to join",
    "for a newer base or for a person",
    "nobody can be told from",
    "no database that the service works with",
    "is neither on nor off",
    "hosts that the service lists",
    "not seen yet",
    "last looked at",
    "cannot be looked at",
    "look now",
    "those that the operator",
    "does not count beside it",
    "since this registry tells",
    "everybody who may call",
    "serves this machine only",
    "not beside a worker",
)
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_PATH = re.compile(r"\.?\w[\w.-]*(/[\w.-]*)+|[A-Z]\w+\.md|Makefile|pyproject\.toml")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_TARGET = re.compile(r"(?:^ {4}|`)(?:[A-Z]+=\S+ )*make ([a-z][a-z-]*)", re.MULTILINE)
_VARIABLE = re.compile(r"\bIMAGE_FACTORY_[A-Z_]+")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def _named_paths(document: str) -> list[str]:
    spans = _SPAN.findall(_FENCED.sub("", _text(document)))
    return [span for span in spans if _PATH.fullmatch(span) and not span.startswith(ELSEWHERE)]


def _shown(language: str, containing: str, document: str = "README.md") -> str:
    """The only example of the document in that language that contains that text."""
    (found,) = [text for kind, text in _FENCED.findall(_text(document)) if kind == language and containing in text]
    return str(found)


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse(_text(path))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _named_tests(tables: str) -> dict[str, list[tuple[str, str]]]:
    """The tests in each row of tables, by path and name, without the two lines of each heading."""
    lines = tables.splitlines()
    heads = {number + offset for number, line in enumerate(lines) if line.startswith("|--") for offset in (-1, 0)}
    rows = (line for number, line in enumerate(lines) if line.startswith("|") and number not in heads)
    return {row: _TEST.findall(row) for row in rows}


def _missing(named: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    every = (one for tests in named.values() for one in tests)
    return [(path, test) for path, test in every if not (ROOT / path).exists() or test not in _tests_in(path)]


@pytest.mark.parametrize("document", [*NAMING, *OWN_PAGES, *DECISIONS])
def test_every_named_path_exists(document: str) -> None:
    """A file or folder in backticks exists in this project."""
    assert [path for path in _named_paths(document) if not (ROOT / path).exists()] == []


def test_paths_are_found_in_the_documents() -> None:
    """The documents contain paths, so the previous test checks something."""
    assert {"provider/composition/parts.py", "proxy/", "pyproject.toml"} <= set(_named_paths("ARCHITECTURE.md"))
    assert {"CHANGELOG.md", "ARCHITECTURE.md", ".ci/run"} <= set(_named_paths("CONTRIBUTING.md"))


@pytest.mark.parametrize("document", NAMING)
def test_every_named_make_target_exists(document: str) -> None:
    """Every make target in a document is in the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", _text("Makefile"), re.MULTILINE))
    named = set(_TARGET.findall(_text(document)))

    assert named
    assert named - targets == set()


def test_every_invariant_has_its_test() -> None:
    """Each row of the table names one existing test."""
    named = _named_tests(_text("ARCHITECTURE.md").partition("## Invariants")[2].partition("\n## ")[0])

    assert len(named) > 10
    assert [row for row, tests in named.items() if len(tests) != 1] == []
    assert _missing(named) == []


def test_every_sentence_about_the_release_tracker_has_its_tests() -> None:
    """Each row of the tables names existing tests, whose names start with `test_tracker_`."""
    named = _named_tests(_text(TRACKER))

    assert len(named) > 30
    assert [row for row, tests in named.items() if not tests] == []
    assert [test for tests in named.values() for _, test in tests if not test.startswith("test_tracker_")] == []
    assert _missing(named) == []


@pytest.mark.parametrize("feature", TRACKER_FEATURES)
def test_tracker_each_feature_has_a_test_file(feature: str) -> None:
    """The file contains tests."""
    folder, _, module = feature.rpartition("/")

    assert (ROOT / "provider" / f"{feature}.py").exists()
    assert any(name.startswith("test_") for name in _tests_in(f"tests/provider/{folder}/test_{module}.py"))


@pytest.mark.parametrize("document", [*NAMING, "CHANGELOG.md", *PAGES, *DECISIONS])
def test_relative_links_resolve(document: str) -> None:
    """The target of a link is a file in the project, and a heading of it where the link names one."""
    links = [link for link in _LINK.findall(_FENCED.sub("", _text(document))) if "://" not in link]

    assert [link for link in links if not _resolves(document, link)] == []


def test_an_anchor_is_that_of_its_heading() -> None:
    """Punctuation goes, spaces become hyphens; what is in an example is no heading."""
    text = "# A `name`, and more\n\n```text\n# not this\n```\n\n## 1. The service\n"

    assert _anchors(text) == ["a-name-and-more", "1-the-service"]
    assert not _resolves("README.md", "ARCHITECTURE.md#nothing")
    assert not _resolves("README.md", "docs/missing.md")


def test_every_word_of_the_service_is_defined_once() -> None:
    """The words that pages and messages use, and that mean something else elsewhere."""
    words = re.findall(r"^\| ([a-z][^|]+?) \| ", _text("docs/glossary.md"), re.MULTILINE)
    defined = [word for row in words for word in row.split(", ")]

    assert len(set(defined)) == len(defined)
    assert set(defined) >= {
        *(
            "aged",
            "baseline",
            "behind",
            "cause",
            "change",
            "check",
            "digest",
            "dispatch",
            "due",
            "eligible",
            "emergency",
        ),
        *("evidence", "held", "ledger", "managed image", "rebuild", "wave", "withdrawn"),
    }


@pytest.mark.parametrize("wording", UNCLEAR)
def test_what_was_not_understood_is_not_written_again(wording: str) -> None:
    """Neither on a page, nor in a message, nor in a document for users."""
    texts = [
        *(ROOT / "provider").rglob("*.html"),
        *(ROOT / "provider").rglob("*.py"),
        *(ROOT / page for page in ("README.md", *PAGES)),
    ]

    assert [path for path in texts if wording.lower() in path.read_text("utf-8").lower()] == []


def test_every_page_is_in_the_contents() -> None:
    """docs/README.md leads to each page by the question that it answers."""
    named = set(_LINK.findall(_text("docs/README.md")))

    assert {Path(page).name for page in PAGES} - named == {"README.md"}


def test_the_readme_is_short() -> None:
    """What is longer is a page in docs/."""
    assert len(_text("README.md").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES)
def test_a_long_page_begins_with_its_contents(page: str) -> None:
    """More than 100 lines in more than two parts have a line with links to the parts."""
    text = _text(page)
    parts = re.findall(r"^## (.+)$", _FENCED.sub("", text), re.MULTILINE)
    contents = re.search(r"^Contents: (\[.+)$", text.partition("\n## ")[0], re.MULTILINE)

    assert contents or len(text.splitlines()) <= 100 or len(parts) <= 2
    if contents:
        assert set(re.findall(r"\[(.+?)\]\(#", contents[1])) <= set(parts)


@pytest.mark.parametrize("document", [*NAMING, *PAGES])
def test_every_named_command_exists(document: str) -> None:
    """Whoever copies a command line finds the command."""
    text = _text(document)
    lines = "\n".join((*_SPAN.findall(text), *re.findall(r"^ {4}(.+)$", text, re.MULTILINE)))

    assert set(re.findall(r"image-factory ([a-z]+)(?![\w-])", lines)) <= USAGES.keys()


def test_every_command_is_documented() -> None:
    """docs/command-line.md has a row for each, or names it in one."""
    rows = re.findall(r"^\| (`.+?`) \|", _text("docs/command-line.md"), re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"[a-z]+", row)}

    assert named >= USAGES.keys()


def test_every_key_of_an_entry_is_documented() -> None:
    """The tables of docs/entries.md have the keys that images.yaml may have."""
    entry, _, source = _text("docs/entries.md").partition("\n## Source\n")

    for schema, text in ((EnrollmentSchema, entry), (SourceSchema, source)):
        keys = {field.data_key or name for name, field in schema().fields.items()}
        rows = " ".join(re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE))
        assert {span.partition(":")[0] for span in _SPAN.findall(rows)} >= keys


def _resolves(document: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (ROOT / document).parent / path if path else ROOT / document
    return target.exists() and (not anchor or anchor in _anchors(target.read_text(encoding="utf-8")))


def _anchors(text: str) -> list[str]:
    return [_anchor(heading) for heading in re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)]


def _anchor(heading: str) -> str:
    """What GitHub makes of a heading: small letters, words with hyphens between them, no punctuation."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_decisions_are_numbered_and_complete() -> None:
    """Numbers start at 0001 without a gap; each record has context, decision and consequences."""
    numbers = [int(Path(document).name[:4]) for document in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))
    for number, document in zip(numbers, DECISIONS, strict=True):
        text = _text(document)
        assert text.startswith(f"# {number}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences"))


def test_the_enrollment_of_the_readme_is_valid() -> None:
    """It can be copied to enroll an image."""
    found = read_enrollments({"images.yaml": _shown("yaml", "rebuildDelay")})

    assert found.problems == ()
    assert len(found.valid) == 1


def test_the_policy_of_the_guide_is_valid() -> None:
    """It can be copied, and so can the one of the first commit."""
    first = next(change for change in first_changes() if change.path == "policy.yaml").edit(None) or ""
    written = "\n".join(line.removeprefix("#").removeprefix(" ") for line in first.splitlines()[2:])
    for text in (_shown("yaml", "own:", "docs/policy.md"), written):
        policy, problems = read_policy(text)

        assert problems == ()
        assert (len(policy.own), len(policy.rules)) == (1, 1)


def test_the_workflow_of_the_readme_declares_all_inputs() -> None:
    """It declares the three inputs and shows the id in the names of its runs."""
    workflow = parse_workflow(_shown("yaml", "run-name").encode())

    assert workflow.inputs == frozenset({REBUILD_ID, REASON, BASE_IMAGES})
    assert workflow.shows_ids


def test_the_workflow_of_the_readme_passes_what_the_template_takes() -> None:
    """It uses the reusable workflow of the templates, with inputs that it declares."""
    job = yaml.safe_load(_shown("yaml", "run-name"))["jobs"]["build"]
    template = ROOT / "ci-templates" / job["uses"].partition("@")[0].partition("image-factory-ci/")[2]
    # `on` is true in YAML 1.1.
    declared = yaml.safe_load(template.read_text("utf-8"))[True]["workflow_call"]["inputs"]

    assert job["with"].keys() <= declared.keys()
    assert {name for name, each in declared.items() if each.get("required")} <= job["with"].keys()


def test_each_variable_of_the_guide_is_read_by_the_script() -> None:
    """And each that the script reads is in the guide."""
    script = (ROOT / "ci-templates" / "image-factory-build.sh").read_text("utf-8")
    table = _text("docs/building.md").partition("### The variables of the script")[2].partition("\n#")[0]
    internal = {"IMAGE_FACTORY_STAGE", "IMAGE_FACTORY_WRITTEN"}

    assert set(_VARIABLE.findall(table)) == set(_VARIABLE.findall(script)) - internal


def test_the_build_of_your_own_pins_each_base() -> None:
    """Its jq program writes build contexts for each base image, named after the expanded reference and as written."""
    program = re.search(r"jq -r '([^']+)'", _shown("yaml", "jq -r", "docs/building.md"))
    assert program
    digest = Digest("sha256:" + "b" * 64)
    targets = [
        Target("node-22", "node:${NODE}", ImageReference("docker.io", "library/node", "22"), digest, cause=True),
        Target("busybox", "busybox", ImageReference("docker.io", "library/busybox", None), digest, cause=False),
        Target("acme-base-1", "base", ImageReference("ghcr.io", "acme/base", "1"), digest, cause=False),
    ]
    document = json.dumps([target.document() for target in targets])

    with peers_installed():
        jq = require("jq", "jq")
    answer = subprocess.run([jq, "-r", program[1]], input=document, capture_output=True, text=True, check=True)

    options = answer.stdout.splitlines()
    assert options[::2] == ["--build-context"] * 5
    assert options[1::2] == [
        f"docker.io/library/node:22=docker-image://docker.io/library/node@{digest}",
        f"docker.io/library/busybox=docker-image://docker.io/library/busybox@{digest}",
        f"busybox=docker-image://docker.io/library/busybox@{digest}",
        f"ghcr.io/acme/base:1=docker-image://ghcr.io/acme/base@{digest}",
        f"base=docker-image://ghcr.io/acme/base@{digest}",
    ]


def test_the_messages_that_the_guide_quotes_exist() -> None:
    """Whoever searches the guide for the text of a refusal finds it."""
    section = _text("docs/backstage.md").partition("## Troubleshooting")[2]
    quoted = [part.strip() for span in _SPAN.findall(section) for part in span.split("...") if " " in part.strip()]
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "provider" / "auth").glob("*.py"))

    assert len(quoted) > 4
    assert [part for part in quoted if part not in code and not part.startswith('"error"')] == []
