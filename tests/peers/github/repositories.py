"""Repositories, their branches, tags, commits and releases; users and organizations."""

import hashlib
from collections.abc import Mapping

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.call import Call, Perform, Refused, paged
from tests.peers.github.contract import Json
from tests.peers.github.repository import Commit, Release, Repository


def get_repository(call: Call) -> Answer:
    """GET /repos/OWNER/NAME."""
    repository = call.repository
    document = call.documents.repository(repository, call.state.owners[repository.owner])
    return json_answer(200, document | _for_caller(call, repository))


def _for_caller(call: Call, repository: Repository) -> Json:
    """The additional fields for callers with a token; a caller who may push gets a token to clone with."""
    if call.token is None:
        return {}
    pushes = call.token.can_write
    permissions = {"permissions": {"admin": False, "push": pushes, "pull": True}}
    return permissions | ({"temp_clone_token": temp_clone_token(repository)} if pushes else {})


def temp_clone_token(repository: Repository) -> str:
    """A repository's token to clone with, in the length and letters of GitHub's example."""
    return "A" + hashlib.sha256(repository.full_name.encode()).hexdigest()[:28].upper()


def list_branches(call: Call) -> Answer:
    """GET .../branches."""
    repository = call.repository
    return paged(call, sorted(repository.branches), document=lambda name: call.documents.branch(repository, name))


def get_branch(call: Call) -> Answer:
    """GET .../branches/NAME."""
    repository, name = call.repository, call.parameters["branch"]
    if name not in repository.branches:
        raise Refused(404, "Branch not found")
    return json_answer(200, call.documents.branch_alone(repository, name))


def list_tags(call: Call) -> Answer:
    """GET .../tags."""
    repository = call.repository
    return paged(call, [call.documents.tag(repository, name) for name in sorted(repository.tags, reverse=True)])


def _commit(call: Call, repository: Repository, ref: str) -> Commit:
    commit = repository.resolve(ref)
    if commit is None:
        raise Refused(422, f"No commit found for SHA: {ref}")
    return commit


def list_commits(call: Call) -> Answer:
    """GET .../commits: those of a branch, or of one path of it."""
    repository = call.repository
    newest = _commit(call, repository, call.query.get("sha", repository.default_branch))
    commits = repository.history(newest)
    if path := call.query.get("path"):
        commits = [each for each in commits if _touches(repository, each, path)]
    return paged(call, [call.documents.commit(repository, each) for each in commits])


def _touches(repository: Repository, commit: Commit, path: str) -> bool:
    before = repository.commits[commit.parent].files if commit.parent else {}
    return before.get(path) != commit.files.get(path)


def get_commit(call: Call) -> Answer:
    """GET .../commits/REF."""
    repository = call.repository
    return json_answer(200, call.documents.commit(repository, _commit(call, repository, call.parameters["ref"])))


def _refs(repository: Repository) -> dict[str, str]:
    branches = {f"refs/heads/{name}": sha for name, sha in repository.branches.items()}
    return branches | {f"refs/tags/{name}": sha for name, sha in repository.tags.items()}


def get_ref(call: Call) -> Answer:
    """GET .../git/ref/heads/NAME or tags/NAME."""
    repository, ref = call.repository, f"refs/{call.parameters['ref']}"
    sha = _refs(repository).get(ref)
    if sha is None:
        raise Refused(404, "Not Found")
    return json_answer(200, call.documents.git_ref(repository, ref, sha))


def list_matching_refs(call: Call) -> Answer:
    """GET .../git/matching-refs/PREFIX."""
    repository, prefix = call.repository, f"refs/{call.parameters['ref']}"
    found = [(ref, sha) for ref, sha in sorted(_refs(repository).items()) if ref.startswith(prefix)]
    return json_answer(200, [call.documents.git_ref(repository, ref, sha) for ref, sha in found])


def _releases(call: Call) -> list[Release]:
    """The releases that the caller may see, newest first; drafts only with permission to push."""
    drafts = call.token is not None and call.token.can_write
    visible = [release for release in call.repository.releases if drafts or not release.draft]
    return sorted(visible, key=lambda release: release.published_at, reverse=True)


def list_releases(call: Call) -> Answer:
    """GET .../releases."""
    return paged(call, [call.documents.release(call.repository, release) for release in _releases(call)])


def _one_release(call: Call, found: list[Release]) -> Answer:
    if not found:
        raise Refused(404, "Not Found")
    return json_answer(200, call.documents.release(call.repository, found[0]))


def get_latest_release(call: Call) -> Answer:
    """GET .../releases/latest: neither a draft nor a prerelease."""
    return _one_release(call, [each for each in _releases(call) if not (each.draft or each.prerelease)])


def get_release_by_tag(call: Call) -> Answer:
    """GET .../releases/tags/TAG."""
    tag = call.parameters["tag"]
    return _one_release(call, [each for each in _releases(call) if each.tag == tag and not each.draft])


def get_release(call: Call) -> Answer:
    """GET .../releases/ID."""
    return _one_release(call, [each for each in _releases(call) if str(each.id) == call.parameters["release_id"]])


def get_user(call: Call) -> Answer:
    """GET /users/NAME: organizations too."""
    login = call.parameters["username"]
    kind = call.state.owners.get(login)
    if kind is None:
        raise Refused(404, "Not Found")
    return json_answer(200, call.documents.user(login, kind))


def get_authenticated_user(call: Call) -> Answer:
    """GET /user."""
    return json_answer(200, call.documents.user(call.require_token().login, "User"))


def get_organization(call: Call) -> Answer:
    """GET /orgs/NAME: no users."""
    login = call.parameters["org"]
    if call.state.owners.get(login) != "Organization":
        raise Refused(404, "Not Found")
    return json_answer(200, call.documents.organization(login))


REPOSITORIES: Mapping[str, Perform] = {
    "repos/get": get_repository,
    "repos/list-branches": list_branches,
    "repos/get-branch": get_branch,
    "repos/list-tags": list_tags,
    "repos/list-commits": list_commits,
    "repos/get-commit": get_commit,
    "git/get-ref": get_ref,
    "git/list-matching-refs": list_matching_refs,
    "repos/list-releases": list_releases,
    "repos/get-latest-release": get_latest_release,
    "repos/get-release-by-tag": get_release_by_tag,
    "repos/get-release": get_release,
    "users/get-by-username": get_user,
    "users/get-authenticated": get_authenticated_user,
    "orgs/get": get_organization,
}
