"""GitLab: versions from its GraphQL API, which has the time of each push where the registry has its database."""

from collections.abc import Iterator, Mapping

from catalog.reference import ImageReference
from proxy.errors import NotFound, Refused
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.recognition import Recognition
from proxy.versions.apis.values import digest_of, inside, object_of, objects_in, objects_of, text_of, time_of
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sources import TagPage, Upstreams

_TOKEN_PATH = "/jwt/auth"  # noqa: S105 - a path
_MOST_PAGES = 50
_MOST_PROJECTS = 8
_TAGS = """query($id: ContainerRepositoryID!, $after: String) {
  containerRepository(id: $id) {
    tags(first: 100, after: $after) {
      nodes { name digest createdAt publishedAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""


class GitLabTags:
    """Versions by GitLab's GraphQL API, if the registry belongs to the GitLab of the settings; with its token.

    Other registries of GitLab are read by their own list: their credentials are for the registry only.
    """

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._gitlab = upstreams.gitlab
        self._recognition = Recognition(upstreams.cache, upstreams.hosts)
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("gitlab-tags", upstreams, self._by_registry, self._read)

    @classmethod
    def recognises(cls, bearer: Mapping[str, str]) -> bool:
        """Whether the challenge is that of a registry of GitLab: its token server is GitLab itself."""
        return bearer.get("service") == "container_registry" and bearer.get("realm", "").endswith(_TOKEN_PATH)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        realm = self._recognition.bearer(reference.registry).get("realm", "")
        if realm != f"{self._gitlab.url}{_TOKEN_PATH}":
            raise Refused(f"{reference.registry} belongs to another GitLab than the one of the settings")
        repository = self._repository_id(reference)
        tags: list[ListedTag] = []
        after: str | None = None
        for _ in range(_MOST_PAGES):
            data = self._gitlab.query(_TAGS, {"id": repository, "after": after})
            page = object_of(inside(data, "containerRepository", "tags"), reference.image)
            tags += parse_tags(page, reference.image)
            after = text_of(inside(page, "pageInfo", "endCursor"))
            if inside(page, "pageInfo", "hasNextPage") is not True or after is None:
                return ApiTags(tuple(tags), complete=True)
        return ApiTags(tuple(tags), complete=False)

    def _repository_id(self, reference: ImageReference) -> str:
        """The id of the container repository, which is at a project or below it; every such project is looked for."""
        query, variables = projects_query(reference.repository)
        data = self._gitlab.query(query, variables) if variables else {}
        for project in data.values():
            for repository in objects_in(inside(project, "containerRepositories", "nodes")):
                found = text_of(repository.get("id"))
                if found and repository.get("path") == reference.repository:
                    return found
        raise NotFound(f"{reference.image}: GitLab shows no such container repository")


def projects_query(repository: str) -> tuple[str, Mapping[str, str]]:
    """A query for all projects that the repository may belong to, with its variables: `group/project/image/name`."""
    parts = repository.split("/")
    paths = ["/".join(parts[:length]) for length in range(len(parts), 1, -1)][-_MOST_PROJECTS:]
    variables = {f"p{number}": path for number, path in enumerate(paths)}
    declared = ", ".join(f"${name}: ID!" for name in variables)
    fields = " ".join(
        f"{name}: project(fullPath: ${name}) {{ containerRepositories(first: 100) {{ nodes {{ id path }} }} }}"
        for name in variables
    )
    return f"query({declared}) {{ {fields} }}", variables


def parse_tags(page: Mapping[str, object], where: object) -> Iterator[ListedTag]:
    """The tags on one page. Source: GitLab's GraphQL reference, `ContainerRepositoryTag`.

    Without the registry's database, `publishedAt` is null, and `createdAt` is the time that the publisher wrote into
    the image (gitlab-org/gitlab#432724).

    Raises:
        Garbage: it is not a page of tags.
    """
    for tag in objects_of(page.get("nodes"), where):
        if name := text_of(tag.get("name")):
            published = time_of(tag.get("publishedAt"))
            built = None if published else time_of(tag.get("createdAt"))
            yield ListedTag(name, digest=digest_of(tag.get("digest")), published_at=published, built_at=built)
