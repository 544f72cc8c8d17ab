"""How often, and after which pauses, a lost race is run again. Pure but for the dice it is given."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Full jitter: each pause lies between nothing and a bound that doubles up to a limit, in seconds.

    Source of the shape: AWS Architecture Blog, "Exponential Backoff and Jitter".
    """

    tries: int = 30
    first_seconds: float = 0.02
    longest_seconds: float = 2.0

    def pauses(self, uniform: Callable[[float, float], float] = random.uniform) -> Iterator[float]:
        """One pause for each try after the first."""
        for number in range(self.tries - 1):
            yield uniform(0, min(self.longest_seconds, self.first_seconds * 2**number))


DEFAULT_PATIENCE = Patience()
