"""What is left of GitHub's hourly limits, from an answer to the metrics."""

from datetime import UTC, datetime, timedelta

from provider.ports import Beat
from provider.services.counting.github_budget import BudgetBeats, budget_left
from proxy.github.limits import HourlyLimit

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Kept:
    """Every report, oldest first."""

    def __init__(self) -> None:
        self.reported: list[Beat] = []

    def beat(self, beat: Beat) -> None:
        """Keep it."""
        self.reported.append(beat)

    def beats(self) -> list[Beat]:
        """The last of each part."""
        return list({beat.part: beat for beat in self.reported}.values())


def test_what_an_answer_says_is_reported_with_the_next_beat() -> None:
    """Once; and in the next hour, everything is left again."""
    kept, hours = Kept(), dict[str, HourlyLimit]()
    beats = BudgetBeats(kept, lambda: dict(hours))
    beats.beat(Beat("follow", NOW))
    assert [beat.part for beat in kept.reported] == ["follow"]

    hours |= {"core": HourlyLimit(4321, NOW + HOUR, 5000), "graphql": HourlyLimit(7, NOW + HOUR / 2, 12500)}
    for _ in range(2):
        beats.beat(Beat("follow", NOW))
    assert [beat.part for beat in kept.reported] == ["follow", "follow", "github", "follow"]
    assert budget_left(beats.beats(), NOW) == {"core": 4321, "graphql": 7}
    assert budget_left(beats.beats(), NOW + HOUR / 2) == {"core": 4321, "graphql": 12500}
    assert budget_left([], NOW) == {}
