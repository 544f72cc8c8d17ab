"""Pull requests for changes of entries."""

from dataclasses import replace

import pytest

from provider.domain.enrolling.change import EntryEdit
from provider.domain.enrolling.review import body_of, branch_of, image_of, title_of
from provider.domain.enrollment import Source
from provider.domain.findings.finding import Findings, error, info
from tests.provider.services.world import enrolled

ENROLL = EntryEdit("images.yaml", None, enrolled("portal"))


@pytest.mark.parametrize(
    ("edit", "verb"),
    [
        (ENROLL, "enroll"),
        (EntryEdit("images.yaml", "portal", enrolled("portal", title="x")), "change"),
        (EntryEdit("images.yaml", "portal", None), "remove"),
    ],
)
def test_a_branch_names_what_is_done_and_the_image(edit: EntryEdit, verb: str) -> None:
    """People find it in a list of branches; the service reads the name of the image from it."""
    assert branch_of(edit).startswith(f"image-factory/{verb}-portal-")
    assert image_of(branch_of(edit)) == "portal"
    assert title_of(edit) == f"{verb.capitalize()} portal"


def test_the_same_edit_has_the_same_branch_and_another_one_another() -> None:
    """Asking again opens nothing new; a corrected entry does."""
    assert branch_of(ENROLL) == branch_of(EntryEdit("images.yaml", None, enrolled("portal")))
    others = [
        replace(ENROLL, file="images.d/team-a.yaml"),
        replace(ENROLL, entry=enrolled("portal", title="Portal")),
        replace(ENROLL, entry=None, name="portal"),
    ]
    assert len({branch_of(each) for each in (ENROLL, *others)}) == 4


def test_the_order_of_build_arguments_makes_no_other_branch() -> None:
    """It has no meaning, so the same entry asked for again opens nothing new."""
    pairs = [("A", "1"), ("B", "2")]
    first, again = (
        replace(ENROLL, entry=enrolled("portal", source=Source("github", "acme/portal", build_args=dict(order))))
        for order in (pairs, pairs[::-1])
    )

    assert branch_of(first) == branch_of(again)


@pytest.mark.parametrize(
    "branch", ["main", "feature/x", "image-factory/other", "image-factory/enroll-portal", "image-factory/enroll--xyz"]
)
def test_another_branch_is_about_no_image(branch: str) -> None:
    """People may use the prefix too."""
    assert image_of(branch) is None


def test_the_text_has_the_reason_the_findings_the_diff_and_the_requester() -> None:
    """A reviewer reads everything in one place."""
    findings = Findings((error("source.repo", "there is no `x`"), info("repository", "not pushed yet")))
    change = "### Change\n\n```diff\n+- name: portal\n```\n\nRequested-by: ann\n"

    assert body_of("+- name: portal\n", findings, "ann", "No rule allows it.") == (
        "No rule allows it.\n\n### Findings\n\n"
        "- **error** `` source.repo ``: `` there is no 'x' ``\n"
        f"- **info** `` repository ``: `` not pushed yet ``\n\n{change}"
    )
    assert body_of("+- name: portal\n", Findings(()), "ann", "No rule.") == f"No rule.\n\n{change}"


@pytest.mark.parametrize(("ticks", "fence"), [("`", "```"), ("``", "```"), ("```", "````"), ("`````", "``````")])
def test_the_fence_is_longer_than_those_of_the_diff(ticks: str, fence: str) -> None:
    """And three characters long at least, as Markdown demands."""
    body = body_of(f"+{ticks}\n", Findings(()), "ann", "x")

    assert f"\n\n{fence}diff\n+{ticks}\n{fence}\n\n" in body


@pytest.mark.parametrize("hostile", ["```\n# x", "@acme/admins", "[x](https://evil.example)", "![](https://e.example)"])
def test_nothing_of_an_entry_is_read_as_markdown(hostile: str) -> None:
    """A title of an image mentions nobody and ends no block of code."""
    body = body_of(f"+  title: {hostile}\n", Findings((error("title", hostile),)), "ann", "x")

    outside = body.split("### Change")[0].splitlines()
    finding = next(line for line in outside if line.startswith("- **error**"))
    assert finding.count("``") == 4
    fence = body.split("### Change\n\n")[1].partition("diff")[0]
    assert body.count(fence) == 2


def test_a_long_change_fits_into_githubs_limit() -> None:
    """GitHub refuses bodies of more than 65,536 characters."""
    findings = Findings(tuple(error("source", "x" * 5000 + str(number)) for number in range(500)))

    assert len(body_of("+x\n" * 100_000, findings, "ann", "x")) < 65_536
