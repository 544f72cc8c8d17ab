"""What a person asks for, and the policies that answer it. Values only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from provider.domain.duration import print_duration
from provider.domain.plan import BuildCaps
from provider.domain.state import ImageState

DEFAULT_PERIOD = timedelta(days=90)
MOST_POLICIES = 8
PRESENT = "present policy"
RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The question: which period, which policies, and whose images.

    Attributes:
        period: how long before now the simulation begins.
        delays: the rebuild delays to compare; none: the delays of the entries.
        window: the coordination window; None: as it is set now.
        builds: the most builds at a time; None: as it is set now.
        owner: only images of this owner get the delays and are counted; None: all images.
    """

    period: timedelta = DEFAULT_PERIOD
    delays: tuple[timedelta, ...] = ()
    window: timedelta | None = None
    builds: int | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class TriedPolicy:
    """A policy that the histories are replayed under.

    Attributes:
        label: its name in the answer.
        delay: the rebuild delay of the images that are counted; None: that of each entry.
        caps: the coordination window and the limits of builds.
    """

    label: str
    delay: timedelta | None
    caps: BuildCaps

    def delay_of(self, image: ImageState, *, counted: bool) -> timedelta:
        """The delay of an image under this policy."""
        return image.enrollment.rebuild_delay if self.delay is None or not counted else self.delay

    def applied(self, image: ImageState, *, counted: bool) -> ImageState:
        """The image with an entry that has the delay of this policy."""
        delay = self.delay_of(image, counted=counted)
        return replace(image, enrollment=replace(image.enrollment, rebuild_delay=delay))


def policies_of(asked: WhatIf, caps: BuildCaps) -> tuple[TriedPolicy, ...]:
    """The present policy, and after it each one that the question names.

    Args:
        asked: the question.
        caps: the window and the limits as they are set now.
    """
    tried = replace(caps, window=caps.window if asked.window is None else asked.window)
    tried = replace(tried, builds=asked.builds or caps.builds)
    others = [TriedPolicy(_label(delay, asked), delay, tried) for delay in dict.fromkeys(asked.delays)]
    if not others and tried != caps:
        others = [TriedPolicy(_label(None, asked), None, tried)]
    return (TriedPolicy(PRESENT, None, caps), *others)


def _label(delay: timedelta | None, asked: WhatIf) -> str:
    return ", ".join(_parts(delay, asked))


def _parts(delay: timedelta | None, asked: WhatIf) -> Iterator[str]:
    yield "present delays" if delay is None else f"{duration_text(delay) if delay else 'no'} delay"
    if asked.window is not None:
        yield f"{duration_text(asked.window) if asked.window else 'no'} window"
    if asked.builds is not None:
        yield f"{asked.builds} {'build' if asked.builds == 1 else 'builds'} at a time"


def duration_text(duration: timedelta) -> str:
    """The duration as people write it; `0s` for none."""
    return print_duration(duration) if duration else "0s"
