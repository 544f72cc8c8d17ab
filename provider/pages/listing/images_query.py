"""The query of the /images page: the filters of GET /api/v1/images; an empty one is no filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.image import CRITICALITIES, Role, Status
from catalog.reference import Digest, InvalidReference, canonical_registry, parse_digest
from provider.auth.strict_query import one_of, refused_query
from provider.pages.listing.search import Meaning
from provider.ports import IMAGE_SORTS, ImageFilter

DEFAULT_SORT = "attention"
COLUMNS = {
    "status": "Status",
    "name": "Name",
    "registry": "Reference",
    "owner": "Owner",
    "criticality": "Criticality",
    "lastUpdated": "Digest changed",
    "behindSince": "Behind since",
}
"""Fields that the list can be sorted by, with their column labels."""
_NEWEST_FIRST = frozenset({"lastUpdated"})
IMAGES_QUERY = (
    "role",
    "status",
    "registry",
    "owner",
    "criticality",
    "behind",
    "mine",
    "dependsOn",
    "builtFrom",
    "transitive",
    "q",
    "as",
    "sort",
    "page",
)
"""The query parameters of the page."""

PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ImagesPageQuery:
    """The filters, the sort order and the page; an empty text is no filter.

    Attributes:
        status: one status, or several with commas between them.
        owner: one owner, or several with commas between them.
        behind: `true`, `false` or empty.
        mine: only images of the caller's teams.
        text: the text in the search field; `search.py` finds out what it means.
        as_text: the text is only searched in names, repositories and titles.
    """

    role: str = ""
    status: str = ""
    registry: str = ""
    owner: str = ""
    criticality: str = ""
    behind: str = ""
    mine: bool = False
    depends_on: str = ""
    built_from: str = ""
    transitive: bool = False
    text: str = ""
    as_text: bool = False
    sort: str = DEFAULT_SORT
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "ImagesPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: a value is none that an image can have, or `builtFrom` is not a digest.
        """
        built_from, text = arguments.get("builtFrom", "").strip(), arguments.get("q", "").strip()
        if built_from:
            _check_digest(built_from)
        return cls(
            role=one_of(arguments, "role", list(Role)),
            status=_statuses(arguments.get("status", "")),
            registry=canonical_registry(arguments.get("registry", "").strip()),
            owner=",".join(_parts(arguments.get("owner", ""))),
            criticality=one_of(arguments, "criticality", CRITICALITIES),
            behind=one_of(arguments, "behind", ["true", "false"]),
            mine=one_of(arguments, "mine", ["true", "false"]) == "true",
            depends_on=arguments.get("dependsOn", "").strip(),
            built_from=built_from,
            transitive=one_of(arguments, "transitive", ["true", "false"]) == "true" and bool(built_from or text),
            text=text,
            as_text=bool(one_of(arguments, "as", ["text"]) and text),
            sort=one_of(arguments, "sort", [f"{sign}{key}" for key in IMAGE_SORTS for sign in ("", "-")])
            or DEFAULT_SORT,
            page=page_number(arguments.get("page", "")),
        )

    @property
    def owners(self) -> Sequence[str]:
        """The owners of which one is enough; empty: any."""
        return _parts(self.owner)

    def filter(self, meaning: Meaning | None, owners: Sequence[str]) -> ImageFilter:
        """The filter for the index.

        Args:
            meaning: of the text in the search field; None without a text.
            owners: of which one is enough; empty: any.
        """
        wanted = ImageFilter(
            role=self.role or None,
            registry=self.registry or None,
            owner=tuple(owners),
            status=tuple(_parts(self.status)),
            criticality=self.criticality or None,
            behind={"true": True, "false": False}.get(self.behind),
            depends_on=self.depends_on or None,
            built_from=Digest(self.built_from) if self.built_from else None,
            transitive=self.transitive and (bool(self.built_from) or (meaning is not None and meaning.goes_through)),
            sort=self.sort,
        )
        return meaning.applied(wanted) if meaning else wanted

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        words = self.role, self.status, self.registry, self.owner, self.criticality, self.behind, self.text
        return any((*words, self.mine, self.depends_on, self.built_from))

    def parameters(self, **changes: str | int) -> dict[str, str | int]:
        """The URL parameters with the same filters and these changes; the first page unless one is given."""
        same: dict[str, str | int] = {
            "role": self.role,
            "status": self.status,
            "registry": self.registry,
            "owner": self.owner,
            "criticality": self.criticality,
            "behind": self.behind,
            "mine": "true" if self.mine else "",
            "dependsOn": self.depends_on,
            "builtFrom": self.built_from,
            "transitive": "true" if self.transitive else "",
            "q": self.text,
            "as": "text" if self.as_text else "",
            "sort": "" if self.sort == DEFAULT_SORT else self.sort,
        }
        return {key: value for key, value in {**same, **changes}.items() if value not in {"", 1}}

    def exported(self, meaning: Meaning | None, wanted: ImageFilter) -> dict[str, str | int]:
        """The query parameters of GET /api/v1/images that return the same list as CSV."""
        changes: dict[str, str | int] = {"q": "", "as": "", "mine": "", "sort": self.sort, "format": "csv"}
        if meaning:
            changes |= meaning.parameters
        changes |= {"owner": ",".join(wanted.owner or ()), "transitive": "true" if wanted.transitive else ""}
        return self.parameters(**changes)

    def sorted_by(self, field: str) -> str:
        """`ascending`, `descending` or `none`, the value for aria-sort."""
        return {field: "ascending", f"-{field}": "descending"}.get(self.sort, "none")

    def resorted(self, field: str) -> dict[str, str | int]:
        """The URL parameters that sort by the field, or reverse the order if already sorted by it."""
        first, other = (f"-{field}", field) if field in _NEWEST_FIRST else (field, f"-{field}")
        return self.parameters(sort=other if self.sort == first else first)


def page_number(text: str) -> int:
    """The page number in a text, from 1 to a million; 1 if the text is no number."""
    if not (text.isascii() and text.isdigit()):
        return 1
    # Python refuses to parse numbers with thousands of digits.
    digits = text.lstrip("0")
    return min(int(digits[:_MOST_DIGITS] or 1), _LAST_PAGE)


def _parts(text: str) -> Sequence[str]:
    return [part for each in text.split(",") if (part := each.strip())]


def _statuses(text: str) -> str:
    found = _parts(text)
    for each in found:
        one_of({"status": each}, "status", list(Status))
    return ",".join(dict.fromkeys(found))


def _check_digest(text: str) -> None:
    try:
        parse_digest(text)
    except InvalidReference:
        problem = "Not a digest; write sha256: followed by 64 hexadecimal digits."
        raise refused_query({"builtFrom": problem}) from None
