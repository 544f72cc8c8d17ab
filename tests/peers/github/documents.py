"""The fake GitHub's state in GitHub's shapes: its own examples with the real values. Pure."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from tests.peers.github.contract import Contract, Json
from tests.peers.github.repository import Commit, Release, Repository, Workflow
from tests.peers.github.reviews import CommitStatus, PullRequest
from tests.peers.github.runs import Run
from tests.peers.github.state import OwnerType, PackageVersion, owner_id

_EXAMPLE_REPOSITORIES = ("octocat/Hello-World", "octo-org/octo-repo")
_API = "https://api.github.com"
PUBLIC_WEB = "https://github.com"


def timestamp(moment: datetime) -> str:
    """A time as GitHub writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=256)
def _rewritten_text(contract: Contract, example: str, base: str, web: str, full_name: str) -> str:
    text = json.dumps(contract.example(example)).replace(_API, base).replace(PUBLIC_WEB, web)
    for repository in _EXAMPLE_REPOSITORIES:
        text = text.replace(repository, full_name)
    return text


@dataclass(frozen=True, slots=True)
class Documents:
    """Creates documents whose addresses lead back to `base`, because clients require that, and pages to `web`."""

    contract: Contract
    base: str
    web: str = PUBLIC_WEB

    def owner(self, login: str, kind: OwnerType) -> Json:
        """The short form of a user or organization."""
        document = self._rewritten("package-org", "")["owner"]
        return self._renamed(document, "github", login) | {"id": owner_id(login), "login": login, "type": kind}

    def organization(self, login: str) -> Json:
        """What /orgs/NAME answers."""
        document = self._renamed(self._rewritten("organization-full", ""), "github", login)
        # GitHub's example lacks `archived_at`, which its schema requires.
        return document | {"id": owner_id(login), "login": login, "name": login, "archived_at": None}

    def user(self, login: str, kind: OwnerType) -> Json:
        """The answer of /users/NAME, also for organizations, which are users of another type."""
        document = self._renamed(self._rewritten("public-user-default-response", ""), "octocat", login)
        return document | {"id": owner_id(login), "login": login, "type": kind, "name": login}

    def repository(self, repository: Repository, kind: OwnerType) -> Json:
        """The long form of a repository."""
        document = self._rewritten("full-repository-default-response", repository.full_name)
        for other in ("parent", "source", "template_repository", "organization", "temp_clone_token", "permissions"):
            document.pop(other, None)
        created = timestamp(repository.created_at)
        return document | {
            "id": repository.id,
            "name": repository.name,
            "full_name": repository.full_name,
            "owner": self.owner(repository.owner, kind),
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "default_branch": repository.default_branch,
            "language": None,
            "created_at": created,
            "updated_at": created,
            "pushed_at": created,
        }

    def workflow(self, repository: Repository, workflow: Workflow) -> Json:
        """A workflow."""
        document = self._rewritten("workflow", repository.full_name)
        return document | {
            "id": workflow.id,
            "name": workflow.file.name,
            "path": workflow.path,
            "url": f"{self._of(repository)}/actions/workflows/{workflow.id}",
            "html_url": f"{self.web}/{repository.full_name}/blob/{repository.default_branch}/{workflow.path}",
        }

    def run(self, run: Run, kind: OwnerType, commit: Commit) -> Json:
        """A workflow run."""
        repository = run.repository
        api, web = self._of(repository), f"{self.web}/{repository.full_name}"
        address = f"{api}/actions/runs/{run.id}"
        short = self.repository(repository, kind)
        short = {name: short[name] for name in self.contract.required("minimal-repository") if name in short}
        actor = self.owner(run.actor, "User")
        document = self._rewritten("workflow-run", repository.full_name)
        document |= {f"{name}_url": f"{address}/{name}" for name in ("jobs", "logs", "artifacts", "cancel", "rerun")}
        earlier = f"{address}/attempts/{run.attempt - 1}" if run.attempt > 1 else None
        return document | {
            "id": run.id,
            "name": run.workflow.file.name,
            "display_title": run.title,
            "run_number": run.number,
            "run_attempt": run.attempt,
            "event": run.event,
            "status": run.status,
            "conclusion": run.conclusion,
            "workflow_id": run.workflow.id,
            "workflow_url": f"{api}/actions/workflows/{run.workflow.id}",
            "path": run.workflow.path,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "head_commit": document["head_commit"] | {"id": run.head_sha, "message": commit.message},
            "url": address,
            "html_url": f"{web}/actions/runs/{run.id}",
            "previous_attempt_url": earlier,
            "actor": actor,
            "triggering_actor": self.owner(run.triggering_actor or run.actor, "User"),
            "repository": short,
            "head_repository": short,
            "referenced_workflows": [],
            "created_at": timestamp(run.created_at),
            "run_started_at": timestamp(run.started_at or run.created_at),
            "updated_at": timestamp(run.updated_at or run.created_at),
        }

    def job(self, run: Run) -> Json:
        """The only job of a run's attempt, with the state of the attempt."""
        job_id = run.job_id
        (document,) = self._rewritten("job-paginated", run.repository.full_name)["jobs"]
        started = timestamp(run.started_at or run.created_at)
        return document | {
            "id": job_id,
            "run_id": run.id,
            "run_attempt": run.attempt,
            "run_url": f"{self._of(run.repository)}/actions/runs/{run.id}",
            "url": f"{self._of(run.repository)}/actions/jobs/{job_id}",
            "html_url": f"{self.web}/{run.repository.full_name}/actions/runs/{run.id}/job/{job_id}",
            "workflow_name": run.workflow.file.name,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "status": run.status,
            "conclusion": run.conclusion,
            "created_at": timestamp(run.created_at),
            "started_at": started,
            "completed_at": timestamp(run.updated_at) if run.updated_at and run.status == "completed" else None,
            "steps": [],
        }

    def commit(self, repository: Repository, commit: Commit) -> Json:
        """A commit."""
        document = self._rewritten("commit", repository.full_name)
        who = document["commit"]["author"] | {"date": timestamp(commit.date)}
        inner = document["commit"] | {"message": commit.message, "author": who, "committer": who}
        parents = [self._pointer(repository, commit.parent)] if commit.parent else []
        document.pop("files")
        return document | self._pointer(repository, commit.sha) | {"commit": inner, "parents": parents}

    def branch(self, repository: Repository, name: str) -> Json:
        """A branch in a list."""
        return {"name": name, "commit": self._pointer(repository, repository.branches[name]), "protected": False}

    def branch_alone(self, repository: Repository, name: str) -> Json:
        """A branch that is read by its name."""
        address, web = f"{self._of(repository)}/branches/{name}", f"{self.web}/{repository.full_name}/tree/{name}"
        document = self._rewritten("branch-get", repository.full_name)
        return document | {
            "name": name,
            "commit": self.commit(repository, repository.commits[repository.branches[name]]),
            "_links": {"self": address, "html": web},
            "protection_url": f"{address}/protection",
        }

    def tag(self, repository: Repository, name: str) -> Json:
        """A tag in a list."""
        (document, *_) = self._rewritten("tag-items", repository.full_name)
        return document | {"name": name, "commit": self._pointer(repository, repository.tags[name])}

    def git_ref(self, repository: Repository, ref: str, sha: str) -> Json:
        """A ref; `ref` is in full."""
        target = {"type": "commit", "sha": sha, "url": f"{self._of(repository)}/git/commits/{sha}"}
        document = self._rewritten("git-ref", repository.full_name)
        return document | {"ref": ref, "url": f"{self._of(repository)}/git/{ref}", "object": target}

    def release(self, repository: Repository, release: Release) -> Json:
        """A release."""
        address, published = f"{self._of(repository)}/releases/{release.id}", timestamp(release.published_at)
        document = self._rewritten("release", repository.full_name)
        return document | {
            "id": release.id,
            "tag_name": release.tag,
            "name": release.name,
            "body": release.body,
            "prerelease": release.prerelease,
            "draft": release.draft,
            "created_at": published,
            "published_at": published,
            "url": address,
            "assets_url": f"{address}/assets",
            "html_url": f"{self.web}/{repository.full_name}/releases/tag/{release.tag}",
            "assets": [],
        }

    def pull_simple(self, pull: PullRequest, kind: OwnerType) -> Json:
        """A pull request in a list."""
        (document, *_) = self._rewritten("pull-request-simple-items", pull.repository.full_name)
        return document | self._pull(document, pull, kind)

    def pull(self, pull: PullRequest, kind: OwnerType) -> Json:
        """A pull request that is read by its number."""
        document = self._rewritten("pull-request", pull.repository.full_name)
        merged = pull.merged_at is not None
        return document | self._pull(document, pull, kind) | {"merged": merged, "merged_by": None}

    def _pull(self, example: Json, pull: PullRequest, kind: OwnerType) -> Json:
        repository = self.repository(pull.repository, kind)
        address = f"{self._of(pull.repository)}/pulls/{pull.number}"
        web = f"{self.web}/{pull.repository.full_name}/pull/{pull.number}"
        ends = {"head": (pull.head, pull.head_sha), "base": (pull.base, pull.repository.branches[pull.base])}
        merged = timestamp(pull.merged_at) if pull.merged_at else None
        return {
            name: example[name]
            | {"label": f"{pull.repository.owner}:{ref}", "ref": ref, "sha": sha, "repo": repository}
            for name, (ref, sha) in ends.items()
        } | {
            "id": pull.id,
            "number": pull.number,
            "url": address,
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "statuses_url": f"{self._of(pull.repository)}/statuses/{pull.head_sha}",
            "state": pull.state,
            "title": pull.title,
            "body": pull.body or None,
            "user": self.owner(pull.user, "User"),
            "created_at": timestamp(pull.created_at),
            "updated_at": timestamp(pull.updated_at),
            "closed_at": timestamp(pull.updated_at) if pull.state == "closed" else None,
            "merged_at": merged,
            "merge_commit_sha": pull.head_sha,
            "labels": [],
            "milestone": None,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
        }

    def status(self, repository: Repository, status: CommitStatus) -> Json:
        """A status of a commit."""
        created = timestamp(status.created_at)
        return self._rewritten("status", repository.full_name) | {
            "id": status.id,
            "url": f"{self._of(repository)}/statuses/{status.sha}",
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "creator": self.owner(status.creator, "User"),
            "created_at": created,
            "updated_at": created,
        }

    def package(self, owner: str, kind: OwnerType, name: str, versions: list[PackageVersion]) -> Json:
        """A container package."""
        times = [version.updated_at for version in versions]
        document = self._rewritten("package-org", "")
        return document | {
            "name": name,
            "owner": self.owner(owner, kind),
            "version_count": len(versions),
            "url": self._package(owner, kind, name),
            "created_at": timestamp(min(times)),
            "updated_at": timestamp(max(times)),
        }

    def package_version(self, owner: str, kind: OwnerType, name: str, version: PackageVersion) -> Json:
        """A version of it: one manifest, named by its digest."""
        document = self._rewritten("package-version-org", "")
        return document | {
            "id": version.id,
            "name": version.digest,
            "url": f"{self._package(owner, kind, name)}/versions/{version.id}",
            "created_at": timestamp(version.created_at),
            "updated_at": timestamp(version.updated_at),
            "metadata": {"package_type": "container", "container": {"tags": list(version.tags)}},
        }

    def _package(self, owner: str, kind: OwnerType, name: str) -> str:
        owners = "orgs" if kind == "Organization" else "users"
        return f"{self.base}/{owners}/{owner}/packages/container/{name.replace('/', '%2F')}"

    def _of(self, repository: Repository) -> str:
        return f"{self.base}/repos/{repository.full_name}"

    def _pointer(self, repository: Repository, sha: str) -> Json:
        return {"sha": sha, "url": f"{self._of(repository)}/commits/{sha}"}

    def _rewritten(self, example: str, full_name: str) -> Json:
        return json.loads(_rewritten_text(self.contract, example, self.base, self.web, full_name))

    @staticmethod
    def _renamed(document: Json, old: str, new: str) -> Json:
        """The same with another login in its addresses."""
        return {
            name: value.replace(f"/{old}", f"/{new}") if name.endswith("url") and isinstance(value, str) else value
            for name, value in document.items()
        }
