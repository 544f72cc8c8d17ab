"""The recorded walk is made from what the demo prints, and the kept one shows the same story."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from demo.walk.__main__ import pictures_of
from demo.walk.story import Became, Said, scenes_of
from demo.walk.timing import MOST_LINES, Span, plan_of
from tests.demo.conftest import ROOT, KeptDemo

PICTURES = ROOT / "docs" / "pictures"
OUTPUT = """Image Factory: http://127.0.0.1:1, registry: http://127.0.0.1:2

  0.0s == Upstream publishes a new <node:22>
  0.1s   POST /webhooks/docker-hub/SECRET: 202 in 0.01s
            0.6s after the webhook, node-22 is at 4a8456227d40
  0.2s   node-22 at 4a8456227d40: watched: last changed on 29 Nov 2026
  0.3s   base: waiting: node:22 changed
  0.4s   commit: Record the digests of tags
  0.5s   commit: Rebuild base
  0.5s   dispatch base, rebuild 88c4ba961839, build from:
            node:22 = docker.io/library/node@4a8456227d40  <- cause
            busybox:1.36 = docker.io/library/busybox@71cf6d0c24aa
  0.6s   base at 54812a26fa2e: up-to-date: built on the latest eligible digest of every base image

Summary
  base was rebuilt

The demo keeps running.
  images http://127.0.0.1:1/images
"""
_SVG = "{http://www.w3.org/2000/svg}"


def test_each_part_of_the_output_is_a_scene() -> None:
    """Statuses are looks of images. Commits that enroll or rebuild are shown, and base images that changed."""
    scene, summary = scenes_of(OUTPUT)

    assert scene.title == "Upstream publishes a new <node:22>"
    assert scene.moments == (
        Said("POST /webhooks/docker-hub/SECRET: 202 in 0.01s", detail=False),
        Said("0.6s after the webhook, node-22 is at 4a8456227d40", detail=True),
        Became("node-22", "watched", "4a8456227d40"),
        Became("base", "waiting", ""),
        Said("commit: Rebuild base", detail=False),
        Said("dispatch base, rebuild 88c4ba961839, build from:", detail=False),
        Said("node:22 = docker.io/library/node@4a8456227d40  <- cause", detail=True),
        Became("base", "up-to-date", "54812a26fa2e"),
    )
    assert summary.moments == (Said("base was rebuilt", detail=False),)


def test_a_look_lasts_until_the_next_one_of_the_same_image() -> None:
    """The last one lasts until the end, also in later scenes."""
    plan = plan_of(scenes_of(OUTPUT))
    node, waiting, built = plan.images

    assert waiting.span.end == built.span.start
    assert node.span.end == built.span.end == plan.seconds
    assert [span for _, span in plan.titles] == [Span(0, 7), Span(7, 14)]


def test_a_scene_shows_no_more_lines_than_have_a_place() -> None:
    """The rest is left out."""
    output = "  0.0s == Much\n" + "  0.1s   POST /a: 200\n" * 20
    plan = plan_of(scenes_of(output))

    assert [line.place for line in plan.lines] == list(range(MOST_LINES))


def test_the_pictures_are_svg_with_text_that_is_escaped() -> None:
    """They have a title for screen readers, and the still one shows the end of the scene without motion."""
    moving, still = pictures_of(OUTPUT).values()

    for picture in (moving, still):
        root = ET.fromstring(picture)  # noqa: S314 - made here
        assert root.find(f"{_SVG}title") is not None
        assert "new <node:22>" in "".join(root.itertext())
        assert "prefers-color-scheme: dark" in picture
    assert "prefers-reduced-motion" in moving
    assert "@keyframes" not in still
    assert "up-to-date" in still
    assert "waiting" not in still


def test_the_output_of_a_failed_demo_makes_no_picture() -> None:
    """The kept one stays."""
    with pytest.raises(ValueError, match="did the demo fail"):
        pictures_of("docker-registry is missing\n")


def test_the_kept_pictures_are_small() -> None:
    """Whoever opens the page loads them."""
    assert 0 < sum((PICTURES / name).stat().st_size for name in pictures_of(OUTPUT)) < 300_000


def test_the_kept_walk_shows_the_story_of_the_demo(kept: KeptDemo) -> None:
    """Its scenes have the headings of the demo, and its lines are what the demo prints; `make walk` makes it anew."""
    walk = ET.parse(PICTURES / "walk.svg").getroot()  # noqa: S314 - a file of this project
    shown = [_without_numbers("".join(text.itertext())) for text in walk.iter(f"{_SVG}text")]
    titles = [_without_numbers(scene.title) for scene in scenes_of(kept.output)]
    printed = _without_numbers(kept.output)

    assert [text for text in shown if text in titles] == titles
    webhooks = [text for text in shown if text.startswith(("POST", "dispatch", "commit"))]
    assert len(webhooks) > 8
    assert [text for text in webhooks if text.removesuffix("\N{HORIZONTAL ELLIPSIS}") not in printed] == []


def _without_numbers(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b|\d+", "#", text)


def test_the_page_shows_both() -> None:
    """Who wants no motion sees the still one."""
    page = (ROOT / "docs" / "try.md").read_text("utf-8")

    assert '<source media="(prefers-reduced-motion: reduce)" srcset="pictures/walk-still.svg">' in page
    assert '<img src="pictures/walk.svg"' in page
    assert Path(PICTURES / "walk-still.svg").is_file()
