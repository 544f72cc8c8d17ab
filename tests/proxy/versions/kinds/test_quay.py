"""Quay's lists of tags, as quay/quay's endpoints/api/tag.py writes them."""

from datetime import UTC, datetime

import pytest

from proxy.errors import Garbage
from proxy.versions.kinds.quay import parse_tags
from proxy.versions.listing import ListedTag
from tests.fakes.registry import digest_of

TAG = {
    "name": "v3.15",
    "reversion": False,
    "start_ts": 1655427723,
    "end_ts": 1655514123,
    "manifest_digest": digest_of("1"),
    "is_manifest_list": False,
    "size": 2275314,
    "last_modified": "Fri, 17 Jun 2022 01:02:03 -0000",
    "expiration": "Sat, 18 Jun 2022 01:02:03 -0000",
}
AT, END = datetime(2022, 6, 17, 1, 2, 3, tzinfo=UTC), datetime(2022, 6, 18, 1, 2, 3, tzinfo=UTC)
WHOLE = ListedTag("v3.15", digest_of("1"), 2275314, AT, expires_at=END)


def parsed(*tags: object) -> list[ListedTag]:
    """The tags on a page."""
    return list(parse_tags({"tags": list(tags)}, "quay.io/team/app"))


def without(*names: str, **changes: object) -> dict[str, object]:
    """The tag without some properties, and with other values for some."""
    return {**{name: value for name, value in TAG.items() if name not in names}, **changes}


def test_a_tag_has_its_push_digest_size_and_expiry() -> None:
    """Each time is there twice, and either is enough."""
    assert parsed(TAG) == [WHOLE]
    assert parsed(without("start_ts", "end_ts")) == [WHOLE]
    assert parsed(without("last_modified", "expiration")) == [WHOLE]


@pytest.mark.parametrize(
    "changes", [{"is_manifest_list": True}, {"is_manifest_list": None}, {"size": None}, {"size": 0}]
)
def test_the_size_of_an_index_is_no_pull(changes: dict[str, object]) -> None:
    """It is read from the manifests."""
    assert [tag.size for tag in parsed(without(**changes))] == [None]


@pytest.mark.parametrize("name", [None, 7, "", "a\x00b"])
def test_a_tag_without_a_name_is_left_out(name: object) -> None:
    """The others are listed."""
    assert parsed(without(name=name), TAG) == [WHOLE]


@pytest.mark.parametrize("page", [{}, {"tags": None}, {"tags": {}}, {"tags": ["v1"]}, {"error": "no"}])
def test_another_form_is_garbage(page: dict[str, object]) -> None:
    """It is no empty list."""
    with pytest.raises(Garbage, match="team/app"):
        list(parse_tags(page, "quay.io/team/app"))
