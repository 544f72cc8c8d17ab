"""The walk as a moving and as a still SVG, which need no script and follow the colour scheme of the reader. Pure."""

from collections.abc import Iterable
from html import escape

from demo.walk.timing import Plan, Span, TimedImage, TimedLine

_WIDTH, _HEIGHT = 960, 500
_BOX = 280, 64
_PLACES = {
    "node-22": (20, 64),
    "base": (340, 64),
    "portal": (660, 64),
    "debian-12": (20, 156),
    "api": (340, 156),
}
_ARROWS = (("node-22", "base"), ("base", "portal"), ("debian-12", "api"))
_LINES_TOP, _LINE_HEIGHT, _LONGEST = 268, 24, 112
_SIGNS = {
    "up-to-date": ("\N{CHECK MARK}", "good"),
    "waiting": ("\N{HORIZONTAL ELLIPSIS}", "wait"),
    "due": ("\N{RIGHTWARDS ARROW}", "wait"),
    "rebuilding": ("\N{CLOCKWISE OPEN CIRCLE ARROW}", "work"),
    "unverified": ("?", "wait"),
    "unknown": ("?", "wait"),
    "failed": ("!", "bad"),
    "watched": ("\N{BULLET}", "dim"),
}
_STYLE = """
svg { --ink: #1f2328; --dim: #59636e; --line: #d1d9e0; --page: #ffffff;
 --good: #1a7f37; --wait: #8a4600; --work: #0969da; --bad: #cf222e }
@media (prefers-color-scheme: dark) { svg { --ink: #f0f6fc; --dim: #9198a1; --line: #3d444d; --page: #0d1117;
 --good: #3fb950; --wait: #d29922; --work: #4493f8; --bad: #f85149 } }
text { fill: var(--ink); font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre }
.title { font: 600 18px system-ui, sans-serif }
.dim { fill: var(--dim) } .good { fill: var(--good) } .wait { fill: var(--wait) } .work { fill: var(--work) }
.bad { fill: var(--bad) }
rect { fill: var(--page); stroke: var(--line) } path { fill: none; stroke: var(--dim) }
.shown { opacity: 0 }
@media (prefers-reduced-motion: reduce) { .shown { animation: none !important } .still { opacity: 1 } }
"""


def moving_svg(plan: Plan, still: float) -> str:
    """The animated picture.

    Args:
        plan: what is shown when.
        still: the second that is shown instead to who wants no motion, where the picture is opened by itself. In a page
            it moves in any case: the page has to choose the still picture.
    """
    names: dict[Span, str] = {}
    groups: list[str] = []
    for content, span in _contents(plan):
        name = names.setdefault(span, f"s{len(names)}")
        kept = " still" if span.start <= still < span.end else ""
        groups.append(f'<g class="shown {name}{kept}">{content}</g>')
    return _picture(plan, "".join(_animation(span, name, plan.seconds) for span, name in names.items()), groups)


def still_svg(plan: Plan, second: float) -> str:
    """The picture at a second of the plan."""
    return _picture(plan, "", (content for content, span in _contents(plan) if span.start <= second < span.end))


def _contents(plan: Plan) -> Iterable[tuple[str, Span]]:
    for title, span in plan.titles:
        yield f'<text class="title" x="20" y="38">{escape(title)}</text>', span
    for look in plan.images:
        if look.name in _PLACES:
            yield _box(look), look.span
    for timed in plan.lines:
        yield _line(timed), timed.span


def _picture(plan: Plan, animations: str, groups: Iterable[str]) -> str:
    described = "; ".join(title for title, _ in plan.titles)
    shown = "\n".join(groups)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="t d">\n'
        f'<title id="t">The demo of Image Factory</title>\n<desc id="d">{escape(described)}</desc>\n'
        f"<style>{_STYLE}{animations}</style>\n"
        f'<rect x="0.5" y="0.5" width="{_WIDTH - 1}" height="{_HEIGHT - 1}" rx="8"/>\n'
        f"{_arrows()}\n{shown}\n</svg>\n"
    )


def _animation(span: Span, name: str, seconds: float) -> str:
    start, end = (100 * second / seconds for second in (span.start, span.end))
    soon = min(start + 0.6, end)
    steps = f"0%,{start:.2f}%{{opacity:0}}{soon:.2f}%,{end - 0.05:.2f}%{{opacity:1}}{end:.2f}%,100%{{opacity:0}}"
    return f"@keyframes {name}{{{steps}}}.{name}{{animation:{name} {seconds:g}s infinite}}\n"


def _box(look: TimedImage) -> str:
    x, y = _PLACES[look.name]
    sign, colour = _SIGNS[look.status]
    width, height = _BOX
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'
        f'<text x="{x + 14}" y="{y + 26}">{escape(look.name)}<tspan class="dim">  {escape(look.digest)}</tspan></text>'
        f'<text class="{colour}" x="{x + 14}" y="{y + 50}">{sign} {escape(look.status)}</text>'
    )


def _arrows() -> str:
    lines = []
    for one, other in _ARROWS:
        (start, y), (end, _) = _PLACES[one], _PLACES[other]
        middle = y + _BOX[1] // 2
        head = f"M{end - 7} {middle - 5}L{end} {middle}L{end - 7} {middle + 5}"
        lines.append(f'<path d="M{start + _BOX[0]} {middle}H{end}{head}"/>')
    return "\n".join(lines)


def _line(timed: TimedLine) -> str:
    x = 40 if timed.line.detail else 20
    y = _LINES_TOP + timed.place * _LINE_HEIGHT
    colour = ' class="dim"' if timed.line.detail else ""
    return f'<text{colour} x="{x}" y="{y}">{escape(_short(timed.line.text))}</text>'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
