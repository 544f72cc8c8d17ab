"""Base images that have to be signed: what is used, what is asked, and what people are shown."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from catalog.image import VerificationOutcome
from catalog.reference import Digest
from provider.commands.status_lines import detail_lines
from provider.domain.asking.request import RequestKind
from provider.domain.ledger import Ledger
from provider.domain.planning.kept_plan import KeptPlan
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.verification import due, record
from provider.domain.verification.record import VerificationRecord
from provider.domain.verification.rule import CosignIdentity, CosignRule, Verify
from provider.services.reacting.wanted import Wanted
from proxy.errors import NotConfigured, Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.asking.test_carrying_out import ask
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company

KEY = "keys/team.pem"
RULE = Verify(CosignRule((KEY,)))
NODE_0, NODE_1, NODE_2 = (digest_of(f"node {number}") for number in range(3))
AGED = 7 * DAY + WINDOW


def company(*images: str, verify: Verify | None = RULE, **others: Any) -> Company:
    """A company whose images are built from a signed node:22."""
    made = Company()
    made.snapshot.put_file(KEY, "a key")
    made.move(NODE, "node 0")
    made.signatures.signed[NODE_0] = KEY
    for name in images or ("portal",):
        made.enroll(name, verify=verify, **others)
    made.round.run()
    return made


def moved(verify: Verify | None = RULE, *, signed: bool = False, **others: Any) -> Company:
    """The same after node:22 has changed and aged."""
    made = company(verify=verify, **others)
    made.move(NODE, "node 1")
    if signed:
        made.signatures.signed[NODE_1] = KEY
    made.after(HOUR)
    made.now += AGED
    return made


def outcomes(made: Company) -> dict[Digest, VerificationOutcome]:
    """The recorded results for node:22."""
    return {record.digest: record.outcome for record in made.store.read().bases["node-22"].verifications}


def test_an_unsigned_digest_is_not_used_and_the_status_says_why() -> None:
    """The sentence names the base image, its digest and the key; until the delay is over it is no case for a person."""
    made = company()
    made.move(NODE, "node 1")
    made.after(HOUR)
    reason = (
        f"node:22 changed on 1 Mar 2026; {NODE_1[:19]} has no signature that verifies with keys/team.pem: "
        "none is stored beside it"
    )
    assert made.status() == ("waiting", reason)

    made.after(AGED)

    assert made.status() == ("held", reason)
    assert made.builds.started == {}
    assert outcomes(made) == {NODE_0: VerificationOutcome.VERIFIED, NODE_1: VerificationOutcome.FAILED}


def test_a_signed_digest_is_used_and_the_record_has_who_signed_it() -> None:
    """In the target of the rebuild, which is the digest that the build gets."""
    made = moved(signed=True)
    made.round.run()

    (target,) = made.last().targets
    assert (target.digest, target.signed_by) == (NODE_1, KEY)


def test_a_signature_that_comes_later_lets_the_rebuild_start() -> None:
    """The age counts from the digest's first sight, not from its signature."""
    made = moved()
    made.round.run()
    assert made.builds.started == {}

    made.signatures.signed[NODE_1] = KEY
    made.after(DAY)

    assert made.last().targets[0].digest == NODE_1


def test_an_older_signed_digest_is_used_while_the_newest_one_is_not_signed() -> None:
    """As with a newest digest that has not aged."""
    made = moved(signed=True)
    made.move(NODE, "node 2")
    made.after(MINUTE)

    assert made.last().targets[0].digest == NODE_1
    made.finish()
    made.after(AGED)
    status, reason = made.status()
    assert status == "held"
    assert NODE_2[:19] in reason


def test_the_check_is_repeated_with_growing_pauses() -> None:
    """Minutes first, since signatures often follow the image; a day at most. A repeated result makes no commit."""
    made = company()
    made.move(NODE, "node 1")
    made.after(MINUTE)
    commits = len(made.snapshot.commits)
    times = []
    for minute in range(3 * 24 * 60):
        before = made.signatures.asked[NODE_1]
        made.now += MINUTE
        if made.round.verifications.due(made.now, made.store.read()):
            made.round.follow()
        if made.signatures.asked[NODE_1] > before:
            times.append(minute + 1)

    pauses = [after - before for before, after in zip([0, *times], times, strict=False)]
    assert pauses[:5] == [5, 10, 20, 40, 80]
    assert max(pauses) <= 24 * 60
    assert len(times) < 13
    assert len(made.snapshot.commits) == commits


def test_a_verified_digest_is_never_asked_again() -> None:
    """Neither the digest nor the rule changes."""
    made = company()
    for _ in range(5):
        made.after(DAY)

    assert made.signatures.asked == {NODE_0: 1}


def test_without_a_rule_nothing_is_asked() -> None:
    """Verification costs images without it no request."""
    made = moved(verify=None)
    made.round.run()

    assert made.signatures.asked == {}
    assert made.last().targets[0].signed_by is None


def test_a_base_of_ten_images_with_the_same_rule_is_checked_once() -> None:
    """And once more by another rule."""
    made = company(*(f"image-{number}" for number in range(10)))
    assert made.signatures.asked == {NODE_0: 1}

    made.snapshot.put_file("keys/other.pem", "another key")
    made.enroll("other", verify=Verify(CosignRule(("keys/other.pem",))))
    made.after(MINUTE)

    assert made.signatures.asked == {NODE_0: 2}


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("node", True),
        ("node:22", True),
        ("docker.io/library/*", True),
        ("docker.io/**", True),
        ("node:2*", True),
        ("cgr.dev/**", False),
        ("library/node", False),
        ("node:20", False),
    ],
)
def test_bases_narrow_the_rule(pattern: str, covered: bool) -> None:
    """Most public images are not signed; the others have to be. A name may be written in full or in short."""
    made = moved(Verify(CosignRule((KEY,)), (pattern,)))
    made.round.run()

    assert bool(made.builds.started) is not covered
    assert bool(made.signatures.asked) is covered


def test_what_causes_no_rebuild_is_not_checked() -> None:
    """A digest in the Dockerfile was chosen by a person."""
    made = Company()
    made.snapshot.put_file(KEY, "a key")
    made.move(NODE, "node 0")
    made.enroll("portal", f"FROM {NODE}@{NODE_0}\n", verify=RULE)
    made.round.run()

    assert made.signatures.asked == {}


@pytest.mark.parametrize("transient", [True, False])
def test_a_registry_that_does_not_answer_makes_the_digest_wait(transient: bool) -> None:
    """It is neither signed nor unsigned: no candidate yet, no case for a person, and asked again soon."""
    made = company()
    failure = Unavailable("ghcr.io does not answer") if transient else NotConfigured("sigstore is not installed")
    made.signatures.failures[NODE_1] = failure
    made.move(NODE, "node 1")
    made.after(HOUR)
    made.after(AGED)

    status, reason = made.status()
    assert status == "waiting"
    assert str(failure) in reason
    assert outcomes(made)[NODE_1] is VerificationOutcome.UNKNOWN
    made.signatures.failures.clear()
    made.signatures.signed[NODE_1] = KEY
    made.after(HOUR)
    assert made.last().targets[0].digest == NODE_1


def test_a_result_that_cannot_be_recorded_is_one_of_its_base_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other images are decided all the same."""
    made = company()
    made.move("docker.io/library/debian:12", "debian 0")
    made.enroll("other", "FROM debian:12\n")
    made.after(HOUR)
    made.move(NODE, "node 1")
    made.move("docker.io/library/debian:12", "debian 1")
    right = record.recorded

    def broken(now: datetime, rule: str, digest: Digest, *others: Any) -> VerificationRecord:
        if digest == NODE_1:
            raise RuntimeError("broken")
        return right(now, rule, digest, *others)

    monkeypatch.setattr(due, "recorded", broken)
    made.after(HOUR)
    made.after(AGED)

    assert made.last("other").targets[0].digest == digest_of("debian 1")
    assert made.builds.started.keys() == {run for run, found in made.builds.started.items() if found.image == "other"}


def test_an_unexpected_error_is_one_of_that_digest() -> None:
    """Nothing is used because a check broke."""
    made = company()
    made.signatures.failures[NODE_1] = RuntimeError("broken")
    made.move(NODE, "node 1")
    made.after(HOUR)
    made.after(AGED)

    assert made.status()[0] == "waiting"
    assert made.builds.started == {}


def test_a_key_file_that_is_missing_is_named_and_costs_no_request() -> None:
    """A person has to put it there."""
    made = company(verify=Verify(CosignRule(("keys/none.pem",))))
    made.move(NODE, "node 1")
    made.after(HOUR)
    made.after(AGED)

    status, reason = made.status()
    assert status == "held"
    assert reason.endswith("cannot be verified: keys/none.pem is not a file in the config repository")
    assert made.signatures.asked == {}


def test_another_content_of_a_key_file_is_another_rule() -> None:
    """What the old key had signed is verified again, before anything is decided."""
    made = moved(signed=True)
    made.snapshot.put_file(KEY, "a new key")
    made.signatures.signed.clear()

    made.round.run()

    assert made.builds.started == {}
    assert made.status()[0] == "held"


def test_an_emergency_does_not_use_an_unsigned_digest() -> None:
    """It would be what an attacker asks for; the sentence says it, and the rebuild starts once a signature verifies."""
    made = company()
    made.move(NODE, "node 1")
    made.after(HOUR)
    ask(made, RequestKind.EMERGENCY, cve="CVE-2026-1234", images=("portal",))

    status, reason = made.status()
    assert status == "held"
    assert "an emergency does not use it either" in reason
    assert "has no signature that verifies with keys/team.pem" in reason
    assert made.builds.started == {}

    made.signatures.signed[NODE_1] = KEY
    made.after(DAY)
    assert made.last().targets[0].digest == NODE_1
    assert made.last().emergency


def test_a_rebuild_that_a_person_asks_for_uses_the_digest_that_was_built_on() -> None:
    """And says which newer one it leaves out."""
    made = company()
    made.move(NODE, "node 1")
    made.after(HOUR)
    ask(made, RequestKind.REBUILD)

    assert made.last().targets[0].digest == NODE_0
    assert "has no signature that verifies" in made.last().reason


def test_a_child_waits_with_the_reason_of_its_parent() -> None:
    """The status of a child names the base image that is not signed."""
    made = moved()
    made.enroll("app", "FROM ghcr.io/acme/portal\n")
    made.round.run()

    status, reason = made.status("app")
    assert status == "waiting"
    assert "has no signature" in reason


def test_a_rule_may_cover_images_of_our_own() -> None:
    """Also a digest that our own rebuild made has to be signed then."""
    made = company()
    made.enroll("app", "FROM ghcr.io/acme/portal\n", verify=Verify(CosignRule((KEY,)), ("ghcr.io/acme/*",)))
    made.after(HOUR)
    made.move(NODE, "node 1")
    made.signatures.signed[NODE_1] = KEY
    made.after(HOUR)
    made.after(AGED)
    portal = made.finish()
    made.after(MINUTE)
    made.after(HOUR)
    assert [request.image for request in made.builds.started.values()] == ["portal"]

    made.signatures.signed[portal] = KEY
    made.after(DAY)

    assert made.last("app").targets[0].digest == portal


def test_an_identity_names_itself_in_the_reason() -> None:
    """With its issuer."""
    identity = CosignIdentity("https://issuer.example", "https://github.com/acme/*")
    made = moved(Verify(CosignRule(identity=identity)))
    made.round.run()

    assert "verifies with https://github.com/acme/* by https://issuer.example" in made.status()[1]


def test_the_records_of_digests_that_left_the_history_go_with_the_next_result() -> None:
    """The state does not grow with each digest that a tag ever had."""
    made = company()
    made.move(NODE, "node 1")
    made.after(HOUR)

    def forget(snapshot: Snapshot) -> Changes:
        base = snapshot.bases["node-22"]
        return Changes(bases={"node-22": replace(base, ledger=Ledger(base.ledger.observations[-1:]))})

    made.store.write(forget, "Remove old histories")
    made.signatures.signed[NODE_1] = KEY
    made.after(HOUR)

    assert outcomes(made) == {NODE_1: VerificationOutcome.VERIFIED}


def test_a_check_that_a_person_asks_for_verifies_at_once() -> None:
    """Who has just signed an image does not wait for the pause to end."""
    made = moved()
    made.round.run()
    made.round.run()
    asked = made.signatures.asked[NODE_1]

    made.round.check(["portal"])
    made.round.react(Wanted(names=frozenset({"portal"})))
    made.round.react(Wanted())

    assert made.signatures.asked[NODE_1] == asked + 2


def test_readers_see_who_signed_and_what_is_missing() -> None:
    """With the dependency, in the history of the base image, in the rebuild, and on the command line."""
    made = moved(signed=True)
    made.round.run()
    made.finish()
    made.after(HOUR)
    made.move(NODE, "node 2")
    made.after(HOUR)

    portal, node = made.index.images["portal"], made.index.images["node-22"]
    (shown,) = portal.dependencies
    assert shown.verification
    assert (shown.verification.digest, shown.verification.outcome.value, shown.verification.by) == (
        NODE_2,
        "failed",
        None,
    )
    assert portal.last_rebuild
    assert [cause.signed_by for cause in portal.last_rebuild.causes] == [KEY]
    found = {update.digest: [each.by for each in update.verifications] for update in node.updates}
    assert found == {NODE_0: [KEY], NODE_1: [KEY], NODE_2: [None]}
    lines = list(detail_lines(portal, ()))
    assert "    signature  has no signature that verifies with keys/team.pem: none is stored beside it" in lines


@pytest.mark.parametrize(
    ("verify", "outcome", "words"),
    [
        (Verify(CosignRule(("keys/none.pem",))), VerificationOutcome.FAILED, "is not a file in the config repository"),
        (RULE, VerificationOutcome.UNKNOWN, "has not been verified yet with keys/team.pem"),
        (None, None, ""),
        (Verify(CosignRule((KEY,)), ("cgr.dev/**",)), None, ""),
    ],
)
def test_readers_see_what_has_not_been_verified(
    verify: Verify | None, outcome: VerificationOutcome | None, words: str
) -> None:
    """Nothing is shown where the base image needs no signature."""
    made = company(verify=verify)
    base = made.store.read().bases["node-22"]
    made.store.write(lambda _: Changes(bases={"node-22": replace(base, verifications=())}), "Forget")
    snapshot = made.store.read()
    made.round.publisher.publish(made.now, snapshot, KeptPlan().decide(made.now, snapshot, made.caps))

    (shown,) = made.index.images["portal"].dependencies
    assert (shown.verification.outcome if shown.verification else None) is outcome
    assert words in ((shown.verification.reason if shown.verification else "") or "")


def test_of_a_tag_that_moves_often_only_the_newest_digests_are_checked() -> None:
    """One that was pushed a hundred times without a signature does not cost a hundred requests in each round."""
    made = company()
    for number in range(1, 20):
        made.move(NODE, f"node {number}")
        made.after(MINUTE)
    made.restart()
    made.signatures.asked.clear()
    made.round.run()

    assert sorted(made.signatures.asked) == sorted(digest_of(f"node {number}") for number in range(15, 20))


def test_a_restart_asks_what_is_open_at_once_and_nothing_else() -> None:
    """The pauses are not stored; the results are."""
    made = moved()
    made.round.run()
    asked = made.signatures.asked.copy()
    made.restart()
    made.round.run()

    assert made.signatures.asked == asked + Counter({NODE_1: 1})
