"""What a reader of /images asks for. A page never answers a wrong filter with an error: it is left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.image import Role, Status
from provider.ports import ImageFilter

SORTS = {
    "name": "Name",
    "status": "Status",
    "role": "Role",
    "registry": "Reference",
    "lastUpdated": "Digest changed",
}
"""Fields of an image that the list can be sorted by, and the words of their columns, from left to right."""
PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters, the order and the page; an empty text does not restrict."""

    role: str = ""
    status: str = ""
    registry: str = ""
    text: str = ""
    sort: str = "name"
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Asked":
        """Out of an address's query."""
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
        """For the index."""
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

    def query(self, **changes: str | int) -> dict[str, str | int]:
        """The query of an address that asks the same but for the changes; the first page unless one is named."""
        same: dict[str, str | int] = {
            "role": self.role,
            "status": self.status,
            "registry": self.registry,
            "q": self.text,
            "sort": "" if self.sort == "name" else self.sort,
        }
        return {key: value for key, value in {**same, **changes}.items() if value not in {"", 1}}

    def sorted_by(self, field: str) -> str:
        """`ascending`, `descending` or `none`, as aria-sort says it."""
        return {field: "ascending", f"-{field}": "descending"}.get(self.sort, "none")

    def resorted(self, field: str) -> dict[str, str | int]:
        """The query that sorts by the field, or turns its order around."""
        return self.query(sort=f"-{field}" if self.sort == field else field)


def page_number(text: str) -> int:
    """The page that a text names, from 1 to a million; the first one where it names none."""
    if not (text.isascii() and text.isdigit()):
        return 1
    # Python itself refuses to read numbers of thousands of digits.
    digits = text.lstrip("0")
    return min(int(digits[:_MOST_DIGITS] or 1), _LAST_PAGE)


def _one_of(text: str, allowed: set[Role] | set[Status]) -> str:
    return text if text in allowed else ""
