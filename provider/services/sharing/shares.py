"""Whose share each thing is. Pure."""

import hashlib
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass

SHARES = 32
"""Into so many shares all work is divided; more workers than this do not help."""

MOST_NEW = 100
"""So many new things of other workers are done by whoever sees them first."""


def share_of(key: str) -> int:
    """The share of everything that has this key: a repository in a registry, a source repository, a host."""
    return _number(key) % SHARES


def shares_of(worker: str, workers: Collection[str]) -> frozenset[int]:
    """The shares of one of these workers. A worker that comes or goes moves only shares of its own.

    Source of the algorithm: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (rendezvous
    hashing).
    """
    everybody = {worker, *workers}
    return frozenset(share for share in range(SHARES) if _owner(share, everybody) == worker)


def _owner(share: int, workers: Collection[str]) -> str:
    return max(workers, key=lambda each: (_number(f"{share} {each}"), each))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Shares:
    """Some shares; whether a key is `in` them says whether its work is to be done now."""

    numbers: Collection[int]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and share_of(key) in self.numbers


EVERYTHING = Shares(range(SHARES))


def to_do(keys: Mapping[str, str], ours: Container[str], new: Collection[str]) -> list[str]:
    """What a process does now, in the order of the names.

    Args:
        keys: of what is due, by name.
        ours: the shares of the process.
        new: names that were never done. Somebody may wait for them, so a few of them are not left to other workers.
    """
    theirs = {name for name, key in keys.items() if name in new and key not in ours}
    also = theirs if len(theirs) <= MOST_NEW else ()
    return [name for name, key in keys.items() if key in ours or name in also]
