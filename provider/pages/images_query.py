"""The query of the /images page. An invalid filter is ignored, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.image import Role, Status
from provider.ports import ImageFilter

SORTS = {
    "name": "Name",
    "status": "Status",
    "role": "Kind",
    "registry": "Reference",
    "lastUpdated": "Digest changed",
}
"""Fields that the list can be sorted by, with their column labels, from left to right."""
PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ImagesPageQuery:
    """The filters, the sort order and the page; an empty text is no filter."""

    role: str = ""
    status: str = ""
    registry: str = ""
    text: str = ""
    sort: str = "name"
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "ImagesPageQuery":
        """Read the query parameters of a request."""
        sort = arguments.get("sort", "")
        return cls(
            role=_one_of(arguments.get("role", ""), set(Role)),
            status=_one_of(arguments.get("status", ""), set(Status)),
            registry=arguments.get("registry", "").strip(),
            text=arguments.get("q", "").strip(),
            sort=sort if sort.removeprefix("-") in SORTS else "name",
            page=page_number(arguments.get("page", "")),
        )

    @property
    def filter(self) -> ImageFilter:
        """The filter for the index."""
        return ImageFilter(
            role=self.role or None,
            registry=self.registry or None,
            status=self.status or None,
            query=self.text or None,
            sort=self.sort,
        )

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.role or self.status or self.registry or self.text)

    def parameters(self, **changes: str | int) -> dict[str, str | int]:
        """The URL parameters with the same filters and these changes; the first page unless one is given."""
        same: dict[str, str | int] = {
            "role": self.role,
            "status": self.status,
            "registry": self.registry,
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


def _one_of(text: str, allowed: set[Role] | set[Status]) -> str:
    return text if text in allowed else ""
