"""Rules and results of verification in the config repository: what is read, and what is never left out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.image import VerificationOutcome
from catalog.reference import Digest
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.state.documents import InvalidState, base_text, image_text, read_base, read_image
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.verification.record import VerificationRecord
from provider.domain.verification.rule import LARGEST_FILE, CosignIdentity, CosignRule, Verify
from tests.provider.config_repo.repositories import Remote
from tests.provider.config_repo.repository.steered import enrollments_text
from tests.provider.domain.samples import NODE, START, base, image

RULE = Verify(CosignRule(("keys/team.pem",), CosignIdentity("https://a.example", "*@a.example", "keys/root.json")))
SIGNED = replace(image("portal"), enrollment=replace(image("portal").enrollment, verify=RULE))
DIGEST = Digest("sha256:" + "a" * 64)


def test_a_rule_and_a_result_are_written_for_people_to_read() -> None:
    """With the keys of images.yaml, and the result beside the history of the tag."""
    record = VerificationRecord("1234", DIGEST, VerificationOutcome.FAILED, START, reason="has no signature")
    text = base_text(replace(base("node-22", NODE), verifications=(record,)), ())

    assert "    trustedRoot: keys/root.json\n" in image_text(SIGNED)
    assert (
        f"verifications:\n- rule: '1234'\n  digest: {DIGEST}\n  outcome: failed\n  at: '2026-01-01T00:00:00Z'\n"
        "  reason: has no signature\n"
    ) in text.replace(str(START.isoformat()), "2026-01-01T00:00:00Z")
    assert read_base(text).state.verifications == (record,)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("    keys:\n", "    notation:\n"),
        ("    cosign:\n", "    notation:\n"),
        ("      issuer: https://a.example\n", "      issuer: [a]\n"),
        ("      subject: '*@a.example'\n", ""),
        ("    - keys/team.pem\n", "    - {}\n"),
    ],
)
def test_nothing_of_a_rule_is_left_out(right: str, wrong: str) -> None:
    """Else less would have to be signed than people wrote: such a file is reported, and the image is not built."""
    text = image_text(SIGNED)
    assert right in text

    with pytest.raises(InvalidState):
        read_image(text.replace(right, wrong))


def test_an_outcome_of_a_newer_release_is_not_known() -> None:
    """The digest is verified again."""
    record = VerificationRecord("1234", DIGEST, VerificationOutcome.VERIFIED, START, by="keys/team.pem")
    text = base_text(replace(base("node-22", NODE), verifications=(record,)), ())

    (found,) = read_base(text.replace("outcome: verified", "outcome: countersigned")).state.verifications

    assert not found.verified


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """One enrolled image with a rule; its files are not there."""
    return Remote.make(tmp_path / "remote.git", {"images.yaml": enrollments_text([SIGNED.enrollment])})


@pytest.fixture
def store(remote: Remote, tmp_path: Path) -> Iterator[GitSnapshotStore]:
    """The service's store over it."""
    with ConfigRepository.open(str(remote.folder), checkout=tmp_path / "config") as opened:
        yield GitSnapshotStore(opened)


def test_the_files_of_rules_are_read_with_the_enrollments(remote: Remote, store: GitSnapshotStore) -> None:
    """Of the same commit; a file that is missing is a problem at its field until it is there."""
    first = store.read()
    assert first.files == {}
    problems = [text for name, text in first.problems if name == "portal"]
    assert [problem.partition(": portal: ")[2].partition(":")[0] for problem in problems] == [
        "verify.cosign.keys[0]",
        "verify.cosign.identity.trustedRoot",
    ]

    remote.push({"keys/team.pem": "one", "keys/root.json": '{"certificateAuthorities": []}', "keys/other.pem": "x"})
    store.pull()
    assert store.read().files == {"keys/team.pem": "one", "keys/root.json": '{"certificateAuthorities": []}'}

    remote.push({"keys/team.pem": "two"})
    store.pull()
    assert store.read().files["keys/team.pem"] == "two"


def test_a_file_that_is_too_large_is_not_read(remote: Remote, store: GitSnapshotStore) -> None:
    """A key has a few hundred bytes."""
    remote.push({"keys/team.pem": "a" * (LARGEST_FILE + 1), "keys/root.json": "a" * LARGEST_FILE})
    store.pull()

    assert store.read().files.keys() == {"keys/root.json"}
