"""A repository as the fake GitHub keeps it: commits, branches, tags, releases."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.peers.github.workflow_file import WorkflowFile, parse_workflow

_WORKFLOWS = ".github/workflows/"


def git_hash(kind: str, content: bytes) -> str:
    """The id that git gives to an object."""
    return hashlib.sha1(b"%s %d\0%s" % (kind.encode(), len(content), content), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with all its files."""

    sha: str
    message: str
    date: datetime
    parent: str | None
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Release:
    """A published or drafted release."""

    id: int
    tag: str
    name: str
    body: str
    published_at: datetime
    prerelease: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow as its id and file name it."""

    id: int
    path: str
    file: WorkflowFile

    @property
    def file_name(self) -> str:
        """The last part of the path: another way to name it in addresses."""
        return self.path.removeprefix(_WORKFLOWS)


@dataclass(slots=True)
class Repository:
    """One repository; branches and tags are names of commits."""

    id: int
    owner: str
    name: str
    default_branch: str
    private: bool
    created_at: datetime
    commits: dict[str, Commit] = field(default_factory=dict, repr=False)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    workflow_ids: dict[str, int] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """OWNER/NAME."""
        return f"{self.owner}/{self.name}"

    def commit(self, files: Mapping[str, str | bytes | None], message: str, branch: str, date: datetime) -> Commit:
        """Change files on a branch; a new branch starts at the default branch, and a file of None is removed."""
        parent = self.branches.get(branch) or self.branches.get(self.default_branch)
        kept = dict(self.commits[parent].files) if parent else {}
        for path, content in files.items():
            if content is None:
                kept.pop(path)
            else:
                kept[path] = content.encode() if isinstance(content, str) else content
        text = f"{parent} {date.isoformat()} {message} {sorted((path, git_hash('blob', kept[path])) for path in kept)}"
        commit = Commit(git_hash("commit", text.encode()), message, date, parent, kept)
        self.commits[commit.sha] = commit
        self.branches[branch] = commit.sha
        return commit

    def resolve(self, ref: str) -> Commit | None:
        """The commit of a branch, a tag, their full ref, or a commit's own name."""
        if ref.startswith("refs/heads/"):
            sha = self.branches.get(ref.removeprefix("refs/heads/"))
        elif ref.startswith("refs/tags/"):
            sha = self.tags.get(ref.removeprefix("refs/tags/"))
        else:
            sha = self.branches.get(ref) or self.tags.get(ref) or ref
        return self.commits.get(sha) if sha else None

    def history(self, commit: Commit) -> list[Commit]:
        """A commit and all before it, newest first."""
        found: list[Commit] = [commit]
        while parent := found[-1].parent:
            found.append(self.commits[parent])
        return found

    @property
    def workflows(self) -> list[Workflow]:
        """The workflows on the default branch, by path: only those have an id, as at GitHub."""
        commit = self.resolve(self.default_branch)
        paths = sorted(path for path in (commit.files if commit else {}) if path.startswith(_WORKFLOWS))
        return [self._workflow(path, commit) for path in paths if commit]

    def workflow(self, name: str) -> Workflow | None:
        """The workflow of that id or file name."""
        return next((each for each in self.workflows if name in {str(each.id), each.file_name}), None)

    def workflow_at(self, workflow: Workflow, commit: Commit) -> WorkflowFile | None:
        """The workflow as another commit has it."""
        content = commit.files.get(workflow.path)
        return parse_workflow(content.decode(), workflow.path) if content is not None else None

    def _workflow(self, path: str, commit: Commit) -> Workflow:
        number = self.workflow_ids.setdefault(path, self.id * 1000 + len(self.workflow_ids) + 1)
        return Workflow(number, path, parse_workflow(commit.files[path].decode(), path))
