"""Release notes as mrkdwn."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.notifications.channels.notes import Notes, formatted
from tests.peers.slack.layout_limits import length
from tests.provider.test_markup import PIECES

SAMPLES = Path(__file__).parent / "release_notes"
_LINK = re.compile(r"<https?://[^<>|\s]+(?:\|[^<>]+)?>")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
MENTIONS = st.sampled_from(["<!channel>", "<!here|x>", "<@U123ABC>", "<#C123|general>", "@channel", "<!subteam^S1>"])
TEXTS = st.lists(PIECES | MENTIONS | st.text(max_size=8), max_size=40).map("".join)


def check(text: str, room: int) -> None:
    """Slack can show the text: it fits, and has nothing but whole links, whole entities and whole blocks of code."""
    assert length(text) <= room
    rest = _LINK.sub("", text)
    assert "<" not in rest
    assert "&" not in _ENTITY.sub("", rest)
    assert len(re.findall(r"^```$", text, re.MULTILINE)) % 2 == 0


@given(TEXTS, st.integers(3, 400))
def test_tracker_any_notes_fit_mention_nobody_and_are_cut_in_no_middle(markdown: str, room: int) -> None:
    """This holds for every text and every room."""
    check(formatted(markdown, room).text, room)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.md")), ids=lambda path: path.stem)
def test_real_forms_of_notes_can_be_cut_anywhere(sample: Path) -> None:
    """Those of GitHub, Keep a Changelog, goreleaser, conventional commits and others."""
    markdown = sample.read_text()
    whole = formatted(markdown, 3000)
    assert not whole.cut
    for room in range(3, length(whole.text), 3):
        cut = formatted(markdown, room)
        check(cut.text, room)
        assert cut.cut
        assert cut.text.endswith("…")
    check(whole.text, 3000)


def test_tracker_generated_notes_of_github() -> None:
    """The comment is gone, headings are bold, addresses are short links, and items have bullets."""
    assert formatted((SAMPLES / "github.md").read_text(), 2000).text == (
        "*What's Changed*\n*🎉 New Features*\n"
        "• feat: support `--output=json` in `list` by @jane in <https://github.com/acme/tool/pull/1201|#1201>\n"
        "• feat(api): add *beta* endpoints (#1188) by @bob in <https://github.com/acme/tool/pull/1188|#1188>\n\n"
        "*Dependencies*\n"
        "• Bump golang.org/x/net from 0.28.0 to 0.33.0 by @dependabot[bot] in"
        " <https://github.com/acme/tool/pull/1203|#1203>\n\n"
        "*New Contributors*\n"
        "• @jane made their first contribution in <https://github.com/acme/tool/pull/1201|#1201>\n\n"
        "*Full Changelog*: <https://github.com/acme/tool/compare/v1.4.0...v1.5.0|v1.4.0...v1.5.0>"
    )


def test_tracker_notes_full_of_html() -> None:
    """Logos and badges are gone; the text of folded parts, tables and keys stays."""
    text = formatted((SAMPLES / "html.md").read_text(), 2000).text

    assert text.startswith("*Acme Server 12.0*\n*Upgrade notes (click to open)*\nRun the migration *before* you")
    assert "server-linux-amd64.tar.gz | `0a1b2c3d`" in text
    assert "Press `Ctrl`+`K`.\nSee <https://acme.example/docs|the docs>." in text
    assert "badge" not in text
    assert "logo" not in text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a <!-- b --> c", "a c"),
        ("![logo](https://a.example/x.png)", ""),
        ("[![Build](https://a.example/x.svg)](https://a.example) text", "text"),
        ("<details><summary>More</summary>\n\ninside\n\n</details>", "*More*\ninside"),
        ("# A `b` **c**", "*A* *`b`* *c*"),
        ("**a** *b* ~~c~~ ***d***", "*a* _b_ ~c~ *_d_*"),
        ("pre**fix**ed", "prefixed"),
        ("a [b *c* `d`](https://e.example/?f=1&g=2) h", "a <https://e.example/?f=1&amp;g=2|b c d> h"),
        ("**[a](https://e.example)**", "*<https://e.example|a>*"),
        ("https://e.example/x_y_z?a=1&b=2", "<https://e.example/x_y_z?a=1&amp;b=2>"),
        ("<a href='javascript:x'>a</a> [b](/c) [d](#e) [f](mailto:g@h.example)", "a b d f"),
        ("1. a\n2. b\n   - c\n     - d\n\n   e", "1. a\n2. b\n    ◦ c\n        ◦ d\n   e"),
        ("* a\n\n* b\n  c", "• a\n• b c"),
        ("> [!IMPORTANT]\n> a", "> *Important*\n> a"),
        ("> [!odd]\n> a", "> [!odd]\n> a"),
        ("```js\na < b\n\n  c\n```", "```\na &lt; b\n\n  c\n```"),
        ("    a\n    ```", "```\na\n'''\n```"),
        ("``a ` b``", "`a ' b`"),
        ("a  \nb\nc<br>d", "a\nb\nc\nd"),
        ("| a | b |\n|---|---|\n| c |  |", "*a* | *b*\nc |"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "*a*\nb"),
        ("* fix 0123456789abcdef0123456789abcdef01234567", "• fix 0123456"),
        ("sha256:0123456789abcdef0123456789abcdef01234567", "sha256:0123456789abcdef0123456789abcdef01234567"),
        ("@channel &lt;!channel&gt; \\<!here> <@U1>", "@channel &lt;!channel&gt; &lt;!here&gt; &lt;@U1&gt;"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("<!-- x -->```\n", "'''"),
        ("a \\` b `c`", "a ' b `c`"),
        ("", ""),
    ],
)
def test_forms_of_markdown(markdown: str, shown: str) -> None:
    """Each becomes Slack's own, and what Slack has no form for keeps its text."""
    assert formatted(markdown, 1000).text == shown


@pytest.mark.parametrize(
    ("markdown", "room", "shown"),
    [
        ("one two three four five six seven", 30, "one two three four five six…"),
        ("A short sentence here, [a link](https://e.example/a/long/path) b", 45, "A short sentence here,…"),
        ("A short sentence here.\n\n# Heading\n\n[a](https://e.example/path) b", 45, "A short sentence here.…"),
        ("```\none\ntwo\nthree\n```", 20, "```\none\ntwo\n```\n…"),
        ("A short sentence here, with `some code in it`, which is long", 40, "A short sentence here, with `some`…"),
        ("first line\n\nsecond line & third", 29, "first line…"),
        ("x" * 50, 30, "x" * 28 + "…"),
        ("日本語の文章です。" * 9, 30, ("日本語の文章です。" * 9)[:28] + "…"),
    ],
)
def test_a_cut_is_at_a_word_a_link_or_a_line(markdown: str, room: int, shown: str) -> None:
    """A heading is not left alone, and of a line at least a few words are shown."""
    assert formatted(markdown, room) == Notes(shown, cut=True)
