"""How long and how large a soak is, from the environment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

_LEAST_SECONDS = 30
_LEAST_IMAGES = 10
_IMAGES_A_BASE = 20 / 3


@dataclass(frozen=True, slots=True)
class Options:
    """One soak.

    Attributes:
        seconds: how long base images move and faults come, after everything has been checked once.
        seed: decides who depends on whom, which base images move, and the order of the faults.
        images: managed images.
        bases: base images.
        readers: people who read pages at the same time.
        delay: the delay of each rebuild, in seconds.
        keep: whether the folder with all logs is kept although every check holds.
    """

    seconds: int = 1200
    seed: int = 1
    images: int = 2000
    bases: int = 300
    readers: int = 30
    delay: int = 20
    keep: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Options":
        """From SECONDS, SEED, IMAGES, BASES, READERS, DELAY and KEEP.

        Raises:
            ValueError: a value is not a number, or too small; the message names the variable.
        """
        usual = cls()
        images = _number(environment, "IMAGES", usual.images, _LEAST_IMAGES)
        return cls(
            seconds=_number(environment, "SECONDS", usual.seconds, _LEAST_SECONDS),
            seed=_number(environment, "SEED", usual.seed, 0),
            images=images,
            bases=_number(environment, "BASES", max(2, round(images / _IMAGES_A_BASE)), 2),
            readers=_number(environment, "READERS", usual.readers, 1),
            delay=_number(environment, "DELAY", usual.delay, 1),
            keep=bool(environment.get("KEEP")),
        )

    def __str__(self) -> str:
        return f"SECONDS={self.seconds} SEED={self.seed} IMAGES={self.images} BASES={self.bases} READERS={self.readers}"


def _number(environment: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdigit() or int(text) < least:
        raise ValueError(f"{name}={text!r}: write a whole number from {least} on")
    return int(text)
