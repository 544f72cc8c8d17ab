"""The query of the /images page: the filters of GET /api/v1/images; an empty one is no filter."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.image import Role, Status
from catalog.reference import Digest, InvalidReference, canonical_registry, parse_digest
from provider.auth.strict_query import one_of, refused_query
from provider.ports import IMAGE_SORTS, ImageFilter

SORTS = {
    "name": "Name",
    "status": "Status",
    "role": "Kind",
    "registry": "Reference",
    "lastUpdated": "Digest changed",
}
"""Fields that the list can be sorted by, with their column labels, from left to right."""
IMAGES_QUERY = ("role", "status", "registry", "owner", "dependsOn", "builtFrom", "transitive", "q", "sort", "page")
"""The query parameters of the page."""

PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ImagesPageQuery:
    """The filters, the sort order and the page; an empty text is no filter."""

    role: str = ""
    status: str = ""
    registry: str = ""
    owner: str = ""
    depends_on: str = ""
    built_from: str = ""
    transitive: bool = False
    text: str = ""
    sort: str = "name"
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "ImagesPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: there is no such role, status or sort order, or `builtFrom` is not a digest.
        """
        built_from = arguments.get("builtFrom", "").strip()
        transitive = one_of(arguments, "transitive", ["true", "false"]) == "true"
        if built_from:
            _check_digest(built_from)
        return cls(
            role=one_of(arguments, "role", list(Role)),
            status=one_of(arguments, "status", list(Status)),
            registry=canonical_registry(arguments.get("registry", "").strip()),
            owner=arguments.get("owner", "").strip(),
            depends_on=arguments.get("dependsOn", "").strip(),
            built_from=built_from,
            transitive=transitive and bool(built_from),
            text=arguments.get("q", "").strip(),
            sort=one_of(arguments, "sort", [f"{sign}{key}" for key in IMAGE_SORTS for sign in ("", "-")]) or "name",
            page=page_number(arguments.get("page", "")),
        )

    @property
    def filter(self) -> ImageFilter:
        """The filter for the index."""
        return ImageFilter(
            role=self.role or None,
            registry=self.registry or None,
            owner=self.owner or None,
            depends_on=self.depends_on or None,
            built_from=Digest(self.built_from) if self.built_from else None,
            transitive=self.transitive,
            status=self.status or None,
            query=self.text or None,
            sort=self.sort,
        )

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        others = self.registry, self.owner, self.depends_on, self.built_from
        return any((self.role, self.status, self.text, *others))

    def parameters(self, **changes: str | int) -> dict[str, str | int]:
        """The URL parameters with the same filters and these changes; the first page unless one is given."""
        same: dict[str, str | int] = {
            "role": self.role,
            "status": self.status,
            "registry": self.registry,
            "owner": self.owner,
            "dependsOn": self.depends_on,
            "builtFrom": self.built_from,
            "transitive": "true" if self.transitive else "",
            "q": self.text,
            "sort": "" if self.sort == "name" else self.sort,
        }
        return {key: value for key, value in {**same, **changes}.items() if value not in {"", 1}}

    def sorted_by(self, field: str) -> str:
        """`ascending`, `descending` or `none`, the value for aria-sort."""
        return {field: "ascending", f"-{field}": "descending"}.get(self.sort, "none")

    def resorted(self, field: str) -> dict[str, str | int]:
        """The URL parameters that sort by the field, or reverse the order if already sorted by it."""
        return self.parameters(sort=f"-{field}" if self.sort == field else field)


def page_number(text: str) -> int:
    """The page number in a text, from 1 to a million; 1 if the text is no number."""
    if not (text.isascii() and text.isdigit()):
        return 1
    # Python refuses to parse numbers with thousands of digits.
    digits = text.lstrip("0")
    return min(int(digits[:_MOST_DIGITS] or 1), _LAST_PAGE)


def _check_digest(text: str) -> None:
    try:
        parse_digest(text)
    except InvalidReference:
        problem = "Not a digest; write sha256: followed by 64 hexadecimal digits."
        raise refused_query({"builtFrom": problem}) from None
