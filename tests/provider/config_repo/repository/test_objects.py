"""What a commit holds is read from git's objects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.config_repo.repository import objects
from provider.config_repo.repository.objects import changed_files, list_files, read_blobs, read_texts
from tests.provider.config_repo.repositories import Remote, git_in

CONTENTS = st.lists(st.binary(max_size=50), max_size=5)


def test_files_are_listed_with_their_content_ids(remote: Remote) -> None:
    """Equal contents have equal ids."""
    remote.push({"state/images/b.yaml": "a: 1\n"})
    files = list_files(git_in(remote.folder, remote.folder), remote.head())

    assert set(files) == {"images.yaml", "state/images/b.yaml", "state/images/portal.yaml"}
    assert files["state/images/b.yaml"] == files["state/images/portal.yaml"] != files["images.yaml"]


def test_links_are_no_files(remote: Remote) -> None:
    """A symbolic link is neither listed nor read: its target could be anywhere."""
    clone = remote.folder.with_name("remote.git-clone")
    (clone / "link.yaml").symlink_to("/etc/passwd")
    remote.push({"real.yaml": "1"})
    git = git_in(remote.folder, remote.folder)

    assert "link.yaml" in remote.paths()
    assert "link.yaml" not in list_files(git, remote.head())
    assert read_texts(git, remote.head(), ["link.yaml", "real.yaml"]) == {"real.yaml": "1"}


def test_two_commits_are_compared(remote: Remote) -> None:
    """What was added or changed has its content id, what was removed or is a link has none."""
    first = remote.push({"a b.yaml": "1", "gone.yaml": "1"})
    clone = remote.folder.with_name("remote.git-clone")
    (clone / "link.yaml").symlink_to("a b.yaml")
    second = remote.push({"a b.yaml": "2", "gone.yaml": None, "new\n.yaml": "1"})
    git = git_in(remote.folder, remote.folder)
    listed = list_files(git, second)

    found = {"a b.yaml": listed["a b.yaml"], "gone.yaml": None, "link.yaml": None, "new\n.yaml": listed["new\n.yaml"]}
    assert changed_files(git, first, second) == found
    assert changed_files(git, second, second) == {}


def test_a_commit_that_is_gone_cannot_be_compared(remote: Remote) -> None:
    """The caller lists all files instead."""
    assert changed_files(git_in(remote.folder, remote.folder), "1" * 40, remote.head()) is None


def test_many_contents_are_read_in_order(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one git process reads at a time come too."""
    monkeypatch.setattr(objects, "_AT_ONCE", 7)
    head = remote.push({f"state/images/{number}.yaml": f"{number}\n" for number in range(30)})
    git = git_in(remote.folder, remote.folder)
    files = list_files(git, head)

    assert list(read_blobs(git, list(files.values()))) == list(read_texts(git, head, list(files)).values())


def test_what_is_no_file_is_left_out(remote: Remote) -> None:
    """Folders, missing paths and names with a line break are not in the answer."""
    asked = ["state", "state/images", "none.yaml", "a\nb", "*.yaml", ":(top)images.yaml", "images.yaml"]

    assert read_texts(git_in(remote.folder, remote.folder), remote.head(), asked) == {"images.yaml": "- name: portal\n"}


def test_many_texts_are_read_at_once(remote: Remote) -> None:
    """More paths than fit as arguments are read too."""
    files = {f"state/images/{number}.yaml": f"{number}\n" for number in range(120)}
    head = remote.push(dict(files))

    assert read_texts(git_in(remote.folder, remote.folder), head, [*files, "none"]) == files


@settings(max_examples=15)
@given(CONTENTS)
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    """Whatever a file holds, reading and encoding again gives the same bytes."""
    folder = tmp_path_factory.mktemp("bytes")
    git = git_in(folder)
    git.run("init", "-q", "-b", "main", doing="make it")
    for number, content in enumerate(contents):
        (folder / str(number)).write_bytes(content)
    git.run("add", "-A", doing="add")
    git.run("commit", "-q", "--allow-empty", "-m", "x", doing="commit")
    texts = read_texts(
        git, git.run("rev-parse", "HEAD", doing="look"), [str(number) for number in range(len(contents))]
    )

    assert [text.encode("utf-8", "surrogateescape") for text in texts.values()] == contents
