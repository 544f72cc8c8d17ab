"""How often, and after which pauses, a lost race is repeated. Pure, except for the random source."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Full jitter: each pause is between zero and a limit that doubles up to a maximum, in seconds.

    Source of the algorithm: AWS Architecture Blog, "Exponential Backoff and Jitter".
    """

    tries: int = 30
    first_seconds: float = 0.02
    longest_seconds: float = 2.0

    def pauses(self, uniform: Callable[[float, float], float] = random.uniform) -> Iterator[float]:
        """One pause for each try after the first one."""
        for number in range(self.tries - 1):
            yield uniform(0, min(self.longest_seconds, self.first_seconds * 2**number))


DEFAULT_PATIENCE = Patience()
