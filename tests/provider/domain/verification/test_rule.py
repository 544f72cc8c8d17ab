"""Rules with the contents of their files, and which base images they cover."""

import pytest

from catalog.reference import ImageReference
from provider.domain.verification.rule import LARGEST_FILE, CosignIdentity, CosignRule, UnusableRule, Verify, resolved
from proxy.signatures.rules import SignatureRule, Signer, SigningKey

PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"
IDENTITY = CosignIdentity("https://a.example", "*@a.example", "keys/root.json")
FILES = {"keys/team.pem": "one", "keys/root.json": "{}"}


def rule_of(verify: Verify, files: dict[str, str] | None = None) -> SignatureRule:
    """The rule with these files."""
    found = resolved(verify, FILES if files is None else files)
    assert isinstance(found, SignatureRule)
    return found


def test_files_are_replaced_by_their_contents() -> None:
    """Keys that are written out are named by their place."""
    assert rule_of(Verify(CosignRule(("keys/team.pem", PEM), IDENTITY))) == SignatureRule(
        (SigningKey("keys/team.pem", "one"), SigningKey("verify.cosign.keys[1]", PEM)),
        Signer("https://a.example", "*@a.example", "{}"),
    )


def test_the_contents_are_part_of_the_rule() -> None:
    """So what an old key had signed is verified again; the covered base images are no part of it."""
    verify = Verify(CosignRule(("keys/team.pem",)))
    same = Verify(CosignRule(("keys/team.pem",)), ("node",))
    other = Verify(CosignRule(identity=IDENTITY))

    assert rule_of(verify).id == rule_of(same).id
    assert rule_of(verify).id != rule_of(verify, {"keys/team.pem": "two"}).id
    assert rule_of(other).id != rule_of(other, {"keys/root.json": "[]"}).id


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "keys/team.pem is not a file"),
        ({"keys/team.pem": "one"}, "keys/root.json is not a file"),
        ({"keys/team.pem": "a" * (LARGEST_FILE + 1), "keys/root.json": "{}"}, "keys/team.pem has more than"),
    ],
)
def test_a_rule_whose_files_cannot_be_read_cannot_be_used(files: dict[str, str], words: str) -> None:
    """The reason names the first one."""
    found = resolved(Verify(CosignRule(("keys/team.pem",), IDENTITY)), files)

    assert isinstance(found, UnusableRule)
    assert words in found.reason


@pytest.mark.parametrize(
    ("pattern", "reference", "covered"),
    [
        ("ghcr.io/acme/*", "ghcr.io/acme/base:1", True),
        ("ghcr.io/acme/*", "ghcr.io/acme/team/base:1", False),
        ("ghcr.io/acme/**", "ghcr.io/acme/team/base:1", True),
        ("ghcr.io/acme/base:1", "ghcr.io/acme/base:1", True),
        ("ghcr.io/acme/base:1", "ghcr.io/acme/base:2", False),
        ("ghcr.io/acme/base:latest", "ghcr.io/acme/base", True),
        ("*", "node:22", True),
        ("*", "ghcr.io/acme/base", False),
        ("**", "ghcr.io/acme/base", True),
        ("acme/base", "acme/base:1", True),
        ("acme/base", "ghcr.io/acme/base:1", False),
    ],
)
def test_a_pattern_covers_a_name_in_full_or_in_short(pattern: str, reference: str, covered: bool) -> None:
    """As in policy.yaml, `*` stays within one part of the path."""
    assert Verify(CosignRule((PEM,)), (pattern,)).covers(ImageReference.parse(reference)) is covered


def test_without_patterns_everything_is_covered() -> None:
    """Whoever wants less says so."""
    assert Verify(CosignRule((PEM,))).covers(ImageReference.parse("node"))
