"""The contract of the image index, over the fake and over each database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.image import AskedDocument, DependentDocument, Failure, Status
from catalog.reference import Digest, ImageReference
from provider.ports import ImageFilter, ImageIndex, ImageTrouble, Neighbours, Place
from provider.store.images import SqlImageIndex
from tests.databases import KINDS, migrated_engine
from tests.fakes.image_index import FakeImageIndex
from tests.provider.store.samples import NOW, base, built, full, managed

IMAGES = (
    base("node"),
    base("alpine", status=Status.UNKNOWN),
    replace(managed("app", "node", status=Status.DUE), enrollment={}, behind_since=NOW),
    managed("a_b", "alpine"),
    full(),
)
FRAGMENTS = {image.name: f"kind: Resource\nname: {image.name}\n" for image in IMAGES}


@pytest.fixture(params=["fake", *KINDS])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ImageIndex]:
    """An empty index of each kind."""
    if request.param == "fake":
        yield FakeImageIndex()
        return
    with migrated_engine(request.param, tmp_path) as engine:
        yield SqlImageIndex(engine)


@pytest.fixture
def filled(index: ImageIndex) -> ImageIndex:
    """An index with five images."""
    index.replace(IMAGES, FRAGMENTS)
    return index


def _names(index: ImageIndex, wanted: ImageFilter) -> list[str]:
    return [image.name for image in index.page(wanted, 1, 100).items]


def test_an_empty_index_has_no_images(index: ImageIndex) -> None:
    """Before the first write, every query has an empty answer."""
    assert index.page(ImageFilter(), 1, 20).total == 0
    assert index.image("node") is None
    assert index.fragment("node") is None
    assert list(index.fragments()) == []
    assert index.neighbours(["node"]) == {"node": Neighbours()}
    assert set(index.count_by_status().values()) == {0}


def test_an_image_is_read_as_it_was_written(filled: ImageIndex) -> None:
    """It has all its fields and its histories."""
    assert [filled.image(image.name) for image in IMAGES] == list(IMAGES)


def test_an_outline_has_everything_but_the_histories(filled: ImageIndex) -> None:
    """It is read without them."""
    for image in IMAGES:
        assert filled.outline(image.name) == replace(image, updates=(), rebuilds=(), origins=())
    assert filled.outline("none") is None


def test_a_list_has_no_histories(filled: ImageIndex) -> None:
    """The items of a page have no updates, rebuilds and origins."""
    items = {image.name: image for image in filled.page(ImageFilter(), 1, 20).items}

    assert items["full"] == replace(full(), updates=(), rebuilds=(), origins=())


@pytest.mark.parametrize("text", ["%full%", "' or 1=1 --", "a%p", "app'; drop table images; --", "\\", '"'])
def test_a_search_is_text_and_never_part_of_a_statement(filled: ImageIndex, text: str) -> None:
    """No image has such a text, and `_` is in one name alone."""
    for wanted in (
        ImageFilter(query=text),
        ImageFilter(owner=text),
        ImageFilter(depends_on=text),
        ImageFilter(cve=text),
    ):
        assert _names(filled, wanted) == []
    assert _names(filled, ImageFilter(query="a_b")) == ["a_b"]


def test_replacing_changes_adds_and_removes(filled: ImageIndex) -> None:
    """After a replacement the index has only the new images."""
    moved = replace(managed("app", "alpine", status=Status.FAILED), title="Moved")
    filled.replace([moved, base("alpine"), base("busybox")], {"app": "new"})

    assert _names(filled, ImageFilter()) == ["alpine", "app", "busybox"]
    assert filled.image("app") == moved
    assert filled.neighbours(["node", "alpine"]) == {
        "node": Neighbours(),
        "alpine": Neighbours((DependentDocument("app", Status.FAILED),)),
    }
    assert list(filled.fragments()) == ["new"]
    assert filled.fragment("alpine") is None


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (ImageFilter(role="base"), ["alpine", "node"]),
        (ImageFilter(registry="ghcr.io"), ["a_b", "app", "full"]),
        (ImageFilter(owner="group:default/platform", status="watched"), ["node"]),
        (ImageFilter(role=("base", "managed"), registry="docker.io"), ["alpine", "node"]),
        (ImageFilter(registry=("ghcr.io", "nowhere.example")), ["a_b", "app", "full"]),
        (ImageFilter(status=("due", "unknown")), ["alpine", "app"]),
        (ImageFilter(owner=("GROUP:default/Platform", "user:default/nina"), status=("watched",)), ["node"]),
        (ImageFilter(role=(), registry=(), owner=(), status=("due",)), ["app"]),
        (ImageFilter(sort="attention", status=("due", "unknown", "watched")), ["alpine", "app", "node"]),
        (ImageFilter(sort="-attention", status=("due", "unknown", "watched")), ["node", "app", "alpine"]),
        (ImageFilter(related_to="node"), ["alpine", "app", "full", "node"]),
        (ImageFilter(related_to="app"), ["app", "node"]),
        (ImageFilter(related_to="app", role="managed"), ["app"]),
        (ImageFilter(related_to="nobody"), []),
        (ImageFilter(depends_on="alpine"), ["a_b", "full"]),
        (ImageFilter(depends_on="nobody"), []),
        (ImageFilter(status="due\0"), []),
        (ImageFilter(query="ACME/a"), ["a_b", "app"]),
        (ImageFilter(query="a_b"), ["a_b"]),
        (ImageFilter(query="_"), ["a_b"]),
        (ImageFilter(query="%"), ["full"]),
        (ImageFilter(query="ÜNÏ"), ["full"]),
        (ImageFilter(query="\\"), []),
        (ImageFilter(query=""), ["a_b", "alpine", "app", "full", "node"]),
        (ImageFilter(sort="-name"), ["node", "full", "app", "alpine", "a_b"]),
        (ImageFilter(sort="status"), ["app", "alpine", "a_b", "full", "node"]),
        (ImageFilter(sort="-lastUpdated"), ["full", "node", "app", "alpine", "a_b"]),
        (ImageFilter(sort="registry", role="managed"), ["a_b", "app", "full"]),
        (ImageFilter(criticality="high"), ["full"]),
        (ImageFilter(criticality=("high", "normal")), ["app", "full"]),
        (ImageFilter(criticality=("low",)), []),
        (ImageFilter(criticality="urgent"), []),
        (ImageFilter(behind=True), ["app", "full"]),
        (ImageFilter(behind=False, role="managed"), ["a_b"]),
        (ImageFilter(behind=True, criticality="high", status="up-to-date"), ["full"]),
        (ImageFilter(sort="criticality"), ["full", "app", "a_b", "alpine", "node"]),
        (ImageFilter(sort="-criticality"), ["node", "alpine", "a_b", "app", "full"]),
        (ImageFilter(sort="behindSince"), ["full", "app", "a_b", "alpine", "node"]),
    ],
)
def test_filters_and_sorts(filled: ImageIndex, wanted: ImageFilter, names: list[str]) -> None:
    """A list has exactly the requested images in the requested order; special characters of a query are plain text."""
    assert _names(filled, wanted) == names


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (ImageFilter(digest="sha256:" + "1" * 64), ["lib", "node"]),
        (ImageFilter(digest="sha256:" + "1" * 12), ["lib", "node"]),
        (ImageFilter(digest="sha256:" + "1" * 12, transitive=True), ["app", "lib", "node"]),
        (ImageFilter(digest="sha256:" + "2" * 20), ["app", "lib"]),
        (ImageFilter(digest="sha256:" + "1" * 11 + "2"), []),
        (ImageFilter(digest="sha256:" + "%" * 12), []),
        (ImageFilter(digest="sha256:\0"), []),
        (ImageFilter(reference=ImageReference.parse("node:latest")), ["lib", "node"]),
        (ImageFilter(reference=ImageReference.parse("node")), ["lib", "node"]),
        (ImageFilter(reference=ImageReference.parse("node:22")), []),
        (
            ImageFilter(reference=ImageReference.parse("docker.io/library/node"), transitive=True),
            ["app", "lib", "node"],
        ),
        (ImageFilter(reference=ImageReference.parse("ghcr.io/acme/lib:latest")), ["app", "lib"]),
        (ImageFilter(uses="node"), ["lib", "node"]),
        (ImageFilter(uses="node", transitive=True), ["app", "lib", "node"]),
        (ImageFilter(uses="node", transitive=True, role="managed", status="due"), ["app"]),
        (ImageFilter(uses="app", transitive=True), ["app"]),
        (ImageFilter(uses="nobody"), []),
        (ImageFilter(cve="CVE-2026-1"), ["app", "lib"]),
        (ImageFilter(cve=" cve-2026-2 "), ["lib"]),
        (ImageFilter(cve="CVE-2026"), []),
        (ImageFilter(cve=""), []),
    ],
)
def test_images_are_found_by_digest_reference_base_and_vulnerability(
    index: ImageIndex, wanted: ImageFilter, names: list[str]
) -> None:
    """A digest finds what has it and what was built from it; an image finds itself and what depends on it."""
    one, two = (Digest(f"sha256:{digit * 64}") for digit in "12")
    asked = AskedDocument("CVE", "nina", NOW, emergency=True, cve="cve-2026-1, CVE-2026-2", until=None)
    lib = built(replace(managed("lib", "node"), digest=two, asked=(asked,)), one, origins={two: (one,)})
    app = built(managed("app", "lib", status=Status.DUE), two)
    rebuild = replace(full().rebuilds[0], cve="CVE-2026-1")
    index.replace([replace(base("node"), digest=one), lib, replace(app, rebuilds=(rebuild,)), managed("other")], {})

    assert _names(index, wanted) == names
    index.replace([managed("other")], {})
    assert _names(index, wanted) == []


def test_facets_count_the_values_of_a_filter(filled: ImageIndex) -> None:
    """Most images first, then by value; what no image has is not there."""
    every, bases = filled.facets(ImageFilter()), filled.facets(ImageFilter(role="base"))

    assert (every.total, dict(every.roles)) == (5, {"managed": 3, "base": 2})
    assert list(every.registries.items()) == [("ghcr.io", 3), ("docker.io", 2)]
    assert (bases.total, dict(bases.statuses)) == (2, {"unknown": 1, "watched": 1})
    assert list(bases.statuses) == ["unknown", "watched"]
    assert set(bases.registries) == {"docker.io"}
    assert (dict(every.criticalities), dict(bases.criticalities)) == ({"high": 1, "normal": 1}, {})
    assert filled.facets(ImageFilter(query="nothing has this")).total == 0


def test_related_images_are_found_over_any_number_of_steps(index: ImageIndex) -> None:
    """Up to what depends on the image, then down to what that depends on; a cycle ends."""
    index.replace(
        [
            base("node"),
            base("alpine"),
            managed("lib", "node", "app"),
            managed("app", "lib", "tools"),
            managed("tools", "alpine"),
            managed("other", "alpine"),
        ],
        {},
    )

    assert _names(index, ImageFilter(related_to="node")) == ["alpine", "app", "lib", "node", "tools"]
    assert _names(index, ImageFilter(related_to="other")) == ["alpine", "other"]


def test_pages_cover_the_list_once(filled: ImageIndex) -> None:
    """Pages neither repeat nor omit an image, even if all sort alike; a page after the end is empty with its total."""
    wanted = ImageFilter(sort="-tag")
    pages = [filled.page(wanted, number, 2) for number in (1, 2, 3, 4, 10**30)]

    names = [[image.name for image in page.items] for page in pages]
    assert names == [["node", "full"], ["app", "alpine"], ["a_b"], [], []]
    assert {page.total for page in pages} == {5}


@pytest.mark.parametrize(
    "sort",
    [
        "attention",
        "-attention",
        "name",
        "-name",
        "status",
        "-lastUpdated",
        "lastBuilt",
        "-tag",
        "behindSince",
        "-criticality",
    ],
)
def test_cursors_lead_through_the_list_once(filled: ImageIndex, sort: str) -> None:
    """In any order, each page's cursor leads to the next page until the end of the list."""
    wanted, names = ImageFilter(sort=sort), []
    page = filled.page(wanted, 1, 2)
    names += [image.name for image in page.items]
    while page.end:
        assert page.total == 5
        page = filled.page(wanted, 1, 2, page.end)
        names += [image.name for image in page.items]

    assert names == _names(filled, wanted)


def test_a_cursor_is_valid_after_its_image_was_removed(filled: ImageIndex) -> None:
    """The images after it are neither repeated nor omitted."""
    place = filled.page(ImageFilter(), 1, 2).end
    filled.replace([image for image in IMAGES if image.name not in {"a_b", "alpine"}], {})

    assert [image.name for image in filled.page(ImageFilter(), 1, 9, place).items] == ["app", "full", "node"]


def test_a_cursor_of_another_order_is_refused(filled: ImageIndex) -> None:
    """A key that is not a time is refused in an order by time."""
    with pytest.raises(ValueError, match="soon"):
        filled.page(ImageFilter(sort="lastUpdated"), 1, 2, Place("soon", "app"))


def test_an_unknown_sort_is_refused(filled: ImageIndex) -> None:
    """The message lists the known sorts, even if the page would be empty."""
    with pytest.raises(ValueError, match=r"'-size'.*name, .*lastUpdated"):
        filled.page(ImageFilter(sort="-size"), 99, 20)


def test_a_name_or_an_entity_that_does_not_fit_is_refused(filled: ImageIndex) -> None:
    """Two images with one name, or an entity without an image, change nothing."""
    with pytest.raises(ValueError, match="'node'"):
        filled.replace([base("node"), base("node")], {})
    with pytest.raises(ValueError, match="stranger"):
        filled.replace([base("node")], {"stranger": "x"})

    assert filled.page(ImageFilter(), 1, 20).total == 5


def test_the_newest_check_is_kept(filled: ImageIndex) -> None:
    """The time of the last check is the newest recorded one, and is removed with its image."""
    filled.checked(["node", "app", "node"], NOW)
    filled.checked(iter(["node"]), NOW - timedelta(days=1))
    filled.checked([], NOW)

    dependents = DependentDocument("app", Status.DUE), DependentDocument("full", Status.UP_TO_DATE)
    assert filled.neighbours(["node", "none"]) == {"node": Neighbours(dependents, NOW), "none": Neighbours()}
    filled.replace([], {})
    assert filled.neighbours(["app"]) == {"app": Neighbours()}


def test_statuses_are_counted(filled: ImageIndex) -> None:
    """Every status has a count, even if it is zero."""
    assert {status: count for status, count in filled.count_by_status().items() if count} == {
        "watched": 1,
        "unknown": 1,
        "due": 1,
        "up-to-date": 2,
    }
    assert filled.count_by_status()["error"] == 0


def test_the_catalog_is_read_as_it_was_at_one_moment(index: ImageIndex) -> None:
    """What is written while it is read, is not in it; the tag is that of exactly these entities."""
    images = [base(f"base-{number:03}") for number in range(450)]
    fragments = {image.name: f"name: {image.name}\n" for image in images}
    index.replace(images, fragments)
    tag = index.catalog_tag()

    with index.read_catalog() as read:
        first = next(read.fragments)
        index.replace(images, fragments | {"base-449": "name: other\n"})
        rest = list(read.fragments)

    assert [first, *rest] == [fragments[image.name] for image in images]
    assert read.tag == tag != index.catalog_tag()


def test_an_empty_catalog_has_a_tag(index: ImageIndex) -> None:
    """Also images without an entity are no part of it."""
    index.replace(IMAGES, {})

    with index.read_catalog() as read:
        assert list(read.fragments) == []

    assert read.tag == index.catalog_tag()


def test_the_tag_changes_exactly_with_the_entities(filled: ImageIndex) -> None:
    """A check or another field of an image does not change the catalog's etag; an entity does."""
    first = filled.catalog_tag()
    filled.checked(["node"], NOW)
    filled.replace([*IMAGES[1:], base("node", status=Status.ERROR)], FRAGMENTS)
    assert filled.catalog_tag() == first

    tags = [first]
    without = {name: text for name, text in FRAGMENTS.items() if name != "app"}
    for fragments in (FRAGMENTS | {"app": "other"}, without):
        filled.replace(IMAGES, fragments)
        tags.append(filled.catalog_tag())
    assert len(set(tags)) == 3

    filled.replace(IMAGES, FRAGMENTS)
    assert filled.catalog_tag() == first


def _digest(letter: str) -> Digest:
    return Digest(f"sha256:{letter * 64}")


OLD, NEW, PARENT_OLD, PARENT_NEW, GRANDPARENT = map(_digest, "12345")
FAMILY = (
    base("node"),
    # The parent was built from OLD, then from NEW; one child follows it, the other one still has the old parent.
    built(managed("parent", "node"), NEW, origins={PARENT_OLD: (OLD,), PARENT_NEW: (NEW,)}),
    built(managed("behind", "parent"), PARENT_OLD, origins={GRANDPARENT: (PARENT_OLD,)}),
    built(managed("follower", "parent"), PARENT_NEW),
    built(managed("grandchild", "behind"), GRANDPARENT),
    built(managed("direct", "node"), OLD),
    managed("unknown", "node"),
)


@pytest.mark.parametrize(
    ("digest", "transitive", "names"),
    [
        (OLD, False, ["direct"]),
        (OLD, True, ["behind", "direct", "grandchild"]),
        (NEW, False, ["parent"]),
        (NEW, True, ["follower", "parent"]),
        (PARENT_OLD, False, ["behind"]),
        (PARENT_OLD, True, ["behind", "grandchild"]),
        (_digest("9"), False, []),
        (_digest("9"), True, []),
    ],
)
def test_images_are_found_by_what_they_were_built_from(
    index: ImageIndex, digest: Digest, transitive: bool, names: list[str]
) -> None:
    """A child of an older digest of its parent contains what that digest was built from."""
    index.replace(FAMILY, {})

    assert _names(index, ImageFilter(built_from=digest, transitive=transitive)) == names
    assert index.page(ImageFilter(built_from=digest, transitive=transitive), 1, 1).total == len(names)


def test_what_images_were_built_from_follows_each_replacement(index: ImageIndex) -> None:
    """After a rebuild or a removal, an image is not found by its old digest."""
    index.replace(FAMILY, {})
    rebuilt = built(managed("behind", "parent"), PARENT_NEW, origins={GRANDPARENT: (PARENT_NEW,)})
    index.replace([rebuilt, *(image for image in FAMILY if image.name not in {"behind", "direct"})], {})

    assert _names(index, ImageFilter(built_from=OLD, transitive=True)) == []
    assert _names(index, ImageFilter(built_from=NEW, transitive=True)) == ["behind", "follower", "grandchild", "parent"]


def test_a_digest_that_is_pinned_in_the_dockerfile_counts(index: ImageIndex) -> None:
    """Such a dependency has no other digest that it was built from."""
    (edge,) = managed("pinned", "node").dependencies
    pinned = replace(edge, reference=f"node:22@{OLD}")
    index.replace([replace(managed("pinned"), dependencies=(pinned,))], {})

    assert _names(index, ImageFilter(built_from=OLD)) == ["pinned"]


def test_origins_that_lead_in_a_circle_end(index: ImageIndex) -> None:
    """No build makes such digests, but a state file can be edited by hand."""
    index.replace([built(managed("app", "node"), OLD, origins={OLD: (NEW,), NEW: (OLD,)})], {})

    assert _names(index, ImageFilter(built_from=NEW, transitive=True)) == ["app"]


def test_troubles_are_what_is_wrong_with_images(index: ImageIndex) -> None:
    """Without a last error, the reason of the status counts, and it is not known since when."""
    failure = Failure(NOW, "exit code 1")
    failed = replace(managed("b", status=Status.FAILED), last_error=failure)
    index.replace([failed, base("a", status=Status.ERROR), managed("c"), base("d")], {})

    owners = "group:default/platform", "group:default/team-a"
    assert list(index.troubles()) == [
        ImageTrouble("a", owners[0], "docker.io/library/a:latest", Status.ERROR, "It is watched.", None),
        ImageTrouble("b", owners[1], "ghcr.io/acme/b:latest", Status.FAILED, "exit code 1", NOW),
    ]
    assert index.owners(["b", "a", "none", "a", "\0"]) == {"a": owners[0], "b": owners[1]}
    assert index.owners([]) == {}


def test_an_index_has_what_was_written_last(filled: ImageIndex) -> None:
    """Until somebody else writes, also the same images."""
    first = filled.replace(IMAGES, FRAGMENTS)
    had_first = filled.has(first)
    second = filled.replace(IMAGES, FRAGMENTS)

    assert had_first
    assert (filled.has(first), filled.has(second), filled.has("")) == (False, True, False)


def test_an_empty_index_has_what_was_written(index: ImageIndex) -> None:
    """An installation without images writes nothing again either."""
    assert index.has(index.replace([], {}))


def test_an_update_changes_some_images_and_leaves_the_others(index: ImageIndex) -> None:
    """Afterwards everything is as if all images had been replaced, the tag of the catalog too."""
    after = (replace(IMAGES[0], reason="changed"), *IMAGES[2:], managed("new", "node"))
    texts = {image.name: f"{FRAGMENTS.get(image.name, 'new')} again" for image in (IMAGES[0], after[-1])}
    index.replace(after, {**{image.name: FRAGMENTS[image.name] for image in IMAGES[2:]}, **texts})
    expected = [index.image(image.name) for image in after], list(index.fragments()), index.catalog_tag()
    written = index.update(index.replace(IMAGES, FRAGMENTS), [after[0], after[-1]], texts, ["alpine"])

    assert written
    assert index.has(written)
    assert ([index.image(image.name) for image in after], list(index.fragments()), index.catalog_tag()) == expected
    assert index.image("alpine") is None
    again = index.update(written, [after[0]], {}, [])
    assert again
    assert index.fragment("node") is None


def test_what_others_wrote_is_not_updated(filled: ImageIndex) -> None:
    """The caller then writes everything."""
    first = filled.replace(IMAGES, FRAGMENTS)
    second = filled.replace(IMAGES[:1], {})

    assert filled.update(first, [IMAGES[1]], {}, ["node"]) is None
    assert _names(filled, ImageFilter()) == ["node"]
    assert filled.has(second)
