"""In which file an entry is added, changed or removed, and for whom."""

from dataclasses import replace

import pytest

from provider.config_repo.enrollments.entry import load_entry
from provider.domain.enrolling.change import EntryChange, EntryEdit, Requester, WrittenEntries
from provider.domain.enrolling.placing import edit_for
from provider.domain.enrollment import Enrollment
from provider.domain.policy.rules import Policy, PolicyRule
from provider.errors import ChangeNotAllowed, EntryRefused, NameNotFound, NameTaken, ReferenceTaken
from tests.provider.config_repo.entries import entry, without_nothing

TEAM, OTHER = "images.d/team-a.yaml", "images.d/team-b.yaml"
OWNER = "group:default/team-a"
RULE = PolicyRule((TEAM,), owners=(OWNER,))
ADMIN = Requester("admin", is_admin=True)
JANE = Requester("user:default/jane", ownership=frozenset({"user:default/jane", OWNER}))
BOB = Requester("user:default/bob", ownership=frozenset({"user:default/bob", "group:default/team-b"}))
DEFAULT = "group:default/platform"


def written(*entries: Enrollment, rules: tuple[PolicyRule, ...] = (RULE,), faulty: str = "") -> WrittenEntries:
    """Files with these entries, all in force, under these rules."""
    return WrittenEntries(
        frozenset(entry.file for entry in entries),
        entries,
        {faulty: frozenset({TEAM})} if faulty else {},
        {entry.name: entry for entry in entries},
        Policy(rules=rules),
    )


def owned(name: str, file: str = TEAM, owner: str | None = OWNER, **others: object) -> Enrollment:
    """An entry with that owner, in that file."""
    return replace(load_entry(entry(name, None, **others, **({"owner": owner} if owner else {}))), file=file)


def placed(change: EntryChange, who: Requester, files: WrittenEntries) -> str:
    """The file of the edit."""
    edit = edit_for(change, who, files, DEFAULT)
    assert edit.entry is None or edit.entry.file == edit.file
    return edit.file


@pytest.mark.parametrize(
    ("who", "file", "owner", "rules", "result"),
    [
        (ADMIN, None, OWNER, (), "images.yaml"),
        (ADMIN, TEAM, OWNER, (), TEAM),
        (JANE, None, OWNER, (RULE,), TEAM),
        (JANE, TEAM, OWNER, (RULE,), TEAM),
        (JANE, None, "Group:Default/Team-A", (RULE,), TEAM),
        (JANE, None, OWNER, (PolicyRule(("images.d/*.yaml",), owners=("group:default/*",)),), TEAM),
        (JANE, None, OWNER, (PolicyRule(("images.d/apps.yaml",), owners=(OWNER,)),), "images.d/apps.yaml"),
        (JANE, None, OWNER, (PolicyRule(("images.d/apps.yaml", TEAM), owners=(OWNER,)),), TEAM),
        (replace(JANE, ownership=frozenset({DEFAULT})), None, None, (PolicyRule((TEAM,), owners=(DEFAULT,)),), TEAM),
    ],
)
def test_a_new_entry_goes_to_the_file_that_the_caller_may_write(
    who: Requester, file: str | None, owner: str | None, rules: tuple[PolicyRule, ...], result: str
) -> None:
    """Admins write images.yaml unless they name a file; others the file whose rule has one of their groups."""
    change = EntryChange(None, owned("new", owner=owner), file)

    assert placed(change, who, written(rules=rules)) == result


@pytest.mark.parametrize(
    ("who", "file", "owner", "rules", "words"),
    [
        (JANE, None, OWNER, (), r"add to rules in policy.yaml: \{files: images.d/team-a.yaml, owners: \["),
        (JANE, "images.yaml", OWNER, (RULE,), "Only an admin may add an entry to images.yaml"),
        (JANE, OTHER, OWNER, (RULE,), "images.d/team-b.yaml, owners"),
        (JANE, None, "group:default/team-b", (RULE,), "The owner of the new entry is group:default/team-b"),
        (JANE, None, None, (RULE,), "The owner of the new entry is group:default/platform"),
        (BOB, TEAM, "group:default/team-b", (RULE,), "No rule of policy.yaml lets user:default/bob"),
        (Requester("user:default/x"), None, OWNER, (RULE,), "and this is user:default/x"),
        (JANE, None, OWNER, (PolicyRule((TEAM,), sources=("github:acme/*",)),), "owners"),
    ],
)
def test_what_no_rule_allows_is_refused_with_the_missing_rule(
    who: Requester, file: str | None, owner: str | None, rules: tuple[PolicyRule, ...], words: str
) -> None:
    """The message names the owner, the file and the rule."""
    with pytest.raises(ChangeNotAllowed, match=words):
        placed(EntryChange(None, owned("new", owner=owner), file), who, written(rules=rules))


def test_several_files_that_are_allowed_need_a_choice() -> None:
    """The message on `file` lists them."""
    rules = (PolicyRule(("images.d/one.yaml", "images.d/two.yaml"), owners=(OWNER,)),)

    with pytest.raises(EntryRefused) as refused:
        placed(EntryChange(None, owned("new")), JANE, written(rules=rules))
    assert refused.value.fields == {
        "file": "is missing; the entry may be in images.d/one.yaml, images.d/two.yaml: name one of them"
    }


@pytest.mark.parametrize("file", ["policy.yaml", "images.d/../x.yaml", "state/images/a.yaml", "", "images.d/a.yml"])
def test_another_file_is_refused(file: str) -> None:
    """Only files of enrollments can be named, also by an admin."""
    with pytest.raises(EntryRefused, match="file: "):
        placed(EntryChange(None, owned("new"), file), ADMIN, written())


def test_a_taken_name_or_image_is_refused() -> None:
    """Whether the other entry is in the same file, in another one, or not valid."""
    files = written(owned("app"), owned("other", OTHER, None), faulty="wrong")

    with pytest.raises(NameTaken, match=r"app is the name of another entry, in images.d/team-a.yaml"):
        placed(EntryChange(None, replace(owned("x"), name="app")), JANE, files)
    with pytest.raises(NameTaken, match="wrong is the name of another entry"):
        placed(EntryChange(None, owned("wrong")), ADMIN, files)
    with pytest.raises(ReferenceTaken) as taken:
        placed(EntryChange(None, replace(owned("x"), repository="acme/other")), JANE, files)
    with pytest.raises(NameTaken):
        placed(EntryChange("app", replace(owned("app"), name="other")), JANE, files)
    with pytest.raises(NameTaken, match=r"app is the name of another entry, in images.d/team-a.yaml"):
        placed(EntryChange(None, replace(owned("x"), name="app")), JANE, replace(files, entries=()))
    assert str(taken.value) == (
        "ghcr.io/acme/other:latest is enrolled as other in images.d/team-b.yaml; change that entry, or choose another "
        "image."
    )
    assert placed(EntryChange("app", replace(owned("app"), name="renamed")), JANE, files) == TEAM


@pytest.mark.parametrize("after", [None, owned("app", title="New")])
@pytest.mark.parametrize(
    ("who", "allowed"), [(ADMIN, True), (JANE, True), (BOB, False), (Requester("user:default/x"), False)]
)
def test_owners_and_admins_change_and_remove_an_entry(
    who: Requester, after: Enrollment | None, *, allowed: bool
) -> None:
    """Others get a message that names the owner."""
    change = EntryChange("app", after)
    if allowed:
        assert placed(change, who, written(owned("app"))) == TEAM
    else:
        with pytest.raises(ChangeNotAllowed, match="app belongs to group:default/team-a"):
            placed(change, who, written(owned("app")))


def test_an_owner_that_no_rule_allows_may_not_change_an_entry() -> None:
    """A team that names itself in its file gets no rights by it."""
    with pytest.raises(ChangeNotAllowed, match=r"\{files: images.d/team-a.yaml, owners: \[group:default/team-a\]\}"):
        placed(EntryChange("app", None), JANE, written(owned("app"), rules=()))


@pytest.mark.parametrize(
    ("after", "field"),
    [
        ({"title": "New", "rebuildDelay": "1d", "autoRebuild": False, "platforms": ["linux/amd64"]}, None),
        ({"source": {"provider": "github", "repo": "acme/app", "dockerfile": "x/Dockerfile"}}, "build"),
        ({"source": {"provider": "github", "repo": "acme/app", "workflow": "deploy-prod.yml"}}, "build"),
        ({"source": {"provider": "github", "repo": "acme/else", "workflow": "b.yml"}}, "source.repo"),
        ({"source": {"provider": "github", "repo": "acme/app", "workflow": "b.yml", "branch": "x"}}, "source.branch"),
        ({"source": None}, "source, build"),
        ({"owner": "group:default/team-b"}, "owner"),
        ({"tag": "edge"}, "tag"),
        ({"repository": "acme/else"}, "repository"),
        ({"name": "else", "repository": "acme/app"}, "name"),
    ],
)
def test_an_owner_changes_only_what_needs_no_admin_in_images_yaml(after: dict[str, object], field: str | None) -> None:
    """An entry of images.yaml has the rights of admins: its owner cannot let it start another workflow."""
    source = {"provider": "github", "repo": "acme/app", "workflow": "b.yml"}
    before = owned("app", "images.yaml", source=source)
    document = {**entry("app", source=source, owner=OWNER), **after}
    change = EntryChange("app", load_entry(without_nothing(document)))

    assert placed(change, ADMIN, written(before)) == "images.yaml"
    if field is None:
        assert placed(change, JANE, written(before)) == "images.yaml"
    else:
        with pytest.raises(ChangeNotAllowed, match=f"Only an admin may change {field} of app"):
            placed(change, JANE, written(before))
    assert placed(EntryChange("app", None), JANE, written(before)) == "images.yaml"


def test_an_owner_does_not_change_whose_signatures_base_images_need_in_images_yaml() -> None:
    """What an admin asks for stays; an owner may ask for signatures where an admin did not."""
    keys, others = ({"cosign": {"keys": [key]}} for key in ("keys/team.pem", "keys/other.pem"))
    signed, plain = owned("app", "images.yaml", verify=keys), owned("app", "images.yaml")

    for document in ({"verify": others}, {}):
        change = EntryChange("app", load_entry({**entry("app", owner=OWNER), **document}))
        assert placed(change, ADMIN, written(signed)) == "images.yaml"
        with pytest.raises(ChangeNotAllowed, match="Only an admin may change verify of app"):
            placed(change, JANE, written(signed))
    asked = EntryChange("app", load_entry({**entry("app", owner=OWNER), "verify": keys}))
    assert placed(asked, JANE, written(plain)) == "images.yaml"


def test_an_invalid_entry_is_changed_by_an_admin_alone() -> None:
    """It has no owner."""
    assert placed(EntryChange("wrong", owned("wrong")), ADMIN, written(faulty="wrong")) == TEAM
    with pytest.raises(ChangeNotAllowed, match="is not valid, so it has no owner"):
        placed(EntryChange("wrong", owned("wrong")), JANE, written(faulty="wrong"))


def test_a_name_that_is_in_no_file_or_in_several_is_refused() -> None:
    """With several files, the one in force is meant unless one is named."""
    twice = (owned("app", OTHER), owned("app"))
    with pytest.raises(NameNotFound, match="no entry named gone"):
        placed(EntryChange("gone", None), ADMIN, written(*twice))
    assert placed(EntryChange("app", None), ADMIN, written(*twice)) == TEAM
    assert placed(EntryChange("app", None, OTHER), ADMIN, written(*twice)) == OTHER
    with pytest.raises(EntryRefused) as elsewhere:
        placed(EntryChange("app", None, "images.yaml"), ADMIN, written(*twice))
    assert elsewhere.value.fields == {
        "file": "app is in images.d/team-a.yaml, images.d/team-b.yaml, not in images.yaml; leave file out"
    }
    with pytest.raises(EntryRefused) as several:
        placed(EntryChange("app", None), ADMIN, replace(written(*twice), in_force={}))
    assert several.value.fields == {
        "file": "app is in images.d/team-a.yaml and in images.d/team-b.yaml; name one of them"
    }


def test_the_edit_says_which_entry_is_replaced_and_with_what() -> None:
    """A new entry replaces none, and a removal has none after it."""
    files, after = written(owned("app")), owned("renamed")

    assert edit_for(EntryChange(None, owned("new", "images.yaml")), JANE, files, DEFAULT) == EntryEdit(
        TEAM, None, owned("new")
    )
    assert edit_for(EntryChange("app", replace(after, file="images.yaml")), JANE, files, DEFAULT) == EntryEdit(
        TEAM, "app", after
    )
    assert edit_for(EntryChange("app", None), JANE, files, DEFAULT) == EntryEdit(TEAM, "app", None)
    with pytest.raises(ValueError, match="names an entry, or has one"):
        edit_for(EntryChange(None, None), ADMIN, files, DEFAULT)


def test_the_entry_in_force_decides_who_changes_its_file() -> None:
    """A commit that names another owner, and is not in force, takes no rights away and gives none."""
    theirs = owned("app", owner="group:default/team-b")
    rules = (PolicyRule((TEAM,), owners=("group:default/*",)),)
    files = replace(written(theirs, rules=rules), in_force={"app": owned("app")})

    assert placed(EntryChange("app", None), JANE, files) == TEAM
    with pytest.raises(ChangeNotAllowed, match="app belongs to group:default/team-a"):
        placed(EntryChange("app", None), BOB, files)


def test_an_entry_that_is_not_in_force_belongs_to_the_owner_in_its_file() -> None:
    """Also where the entry of that name in another file is in force."""
    files = replace(written(owned("app", OTHER, "group:default/team-b"), owned("app")), in_force={})
    elsewhere = replace(files, in_force={"app": owned("app", OTHER, "group:default/team-b")})

    for each in (files, elsewhere):
        assert placed(EntryChange("app", None, TEAM), JANE, each) == TEAM
        with pytest.raises(ChangeNotAllowed, match="app belongs to group:default/team-a"):
            placed(EntryChange("app", None, TEAM), BOB, each)


def test_the_default_owner_changes_entries_that_name_none() -> None:
    """Also in images.yaml, where the owner stays the one that is not written."""
    operator = Requester("user:default/kim", ownership=frozenset({DEFAULT}))

    for file in (TEAM, "images.yaml"):
        files = written(owned("app", file, None))
        assert placed(EntryChange("app", owned("app", owner=None, title="New")), operator, files) == file
        with pytest.raises(ChangeNotAllowed, match="app belongs to group:default/platform"):
            placed(EntryChange("app", None), JANE, files)
