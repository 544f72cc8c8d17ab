"""GitHub's GraphQL API: the queries that are made here, held to GitHub's own schema.

`graphql-subset.graphql` is cut from it. Errors come with status 200, and beside the data of what can be read.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync
from graphql.type import GraphQLInterfaceType, GraphQLResolveInfo

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.repository import Commit, Repository, git_hash
from tests.peers.github.state import State, Token

_TRUNCATED = 512 * 1024


class NoSuchThing(GraphQLError):
    """An error with a type, as GitHub's have."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class _Root:
    state: State
    token: Token

    def repository(self, _: GraphQLResolveInfo[Any], *, owner: str, name: str, **options: Any) -> "_Repository":
        """Query.repository."""
        full_name = f"{owner}/{name}"
        found = self.state.repositories.get(full_name.lower())
        if found is None and options.get("followRenames", True):
            found = self.state.renamed(full_name)
        if found is None or (found.private and not self.token.sees(found.owner)):
            raise NoSuchThing("NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'.")
        return _Repository(found)


@dataclass(frozen=True, slots=True)
class _Repository:
    repository: Repository

    def nameWithOwner(self, _: GraphQLResolveInfo[Any]) -> str:  # noqa: N802 - GitHub's name
        """Repository.nameWithOwner."""
        return self.repository.full_name

    def object(self, _: GraphQLResolveInfo[Any], *, expression: str = "", **__: Any) -> dict[str, Any] | None:
        """Repository.object: a commit, or a file or folder of one."""
        ref, colon, path = expression.partition(":")
        commit = self.repository.resolve(self.repository.default_branch if ref == "HEAD" else ref)
        if commit is None:
            return None
        return _entry(commit, path) if colon else {"__typename": "Commit", "oid": commit.sha}


def _entry(commit: Commit, path: str) -> dict[str, Any] | None:
    if path not in commit.files:
        inside = any(each.startswith(f"{path}/") for each in commit.files)
        return {"__typename": "Tree", "oid": git_hash("tree", path.encode())} if inside else None
    content = commit.files[path]
    binary = b"\0" in content
    return {
        "__typename": "Blob",
        "oid": git_hash("blob", content),
        "byteSize": len(content),
        "isBinary": binary,
        "isTruncated": len(content) > _TRUNCATED,
        "text": None if binary else content[:_TRUNCATED].decode(errors="replace"),
    }


@cache
def _schema() -> GraphQLSchema:
    schema = build_schema((Path(__file__).parent / "graphql-subset.graphql").read_text())
    described = schema.type_map["GitObject"]
    assert isinstance(described, GraphQLInterfaceType)
    described.resolve_type = lambda value, *_: str(value["__typename"])
    return schema


def answer_query(state: State, token: Token, body: Any) -> tuple[Answer, list[str]]:
    """The answer to a query, and what of it GitHub's schema does not know."""
    result = graphql_sync(_schema(), body["query"], _Root(state, token), variable_values=body.get("variables"))
    breaches = [error.message for error in result.errors or () if error.path is None]
    document: dict[str, Any] = {"data": result.data}
    if result.errors:
        document["errors"] = [
            {
                "type": getattr(error.original_error or error, "kind", "INTERNAL"),
                "message": error.message,
                "path": error.path,
            }
            for error in result.errors
        ]
    return json_answer(200, document), breaches


def limited() -> Answer:
    """The answer when no points are left."""
    return json_answer(200, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]})
