"""The record of one rebuild, from the intent to the new digest: each function is one transition. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from catalog.image import Conclusion, Evidence
from catalog.reference import Digest
from provider.domain.build_request import BASE_IMAGES, BuildRequest, Dispatched, Run
from provider.domain.enrollment import Enrollment
from provider.domain.policy.authority import authority_of
from provider.domain.policy.rules import Policy
from provider.domain.rebuild import Rebuild
from provider.domain.state import SERVICE, ImageState, RebuildStage, RebuildState, targets_built
from proxy.errors import NotNow, OutsideFailure, PerhapsDone

MOST_REQUESTS = 8
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_REASON_LENGTH = 500
_WEIGHT = (Evidence.MISMATCH, Evidence.PASSED, Evidence.VERIFIED)
"""Of several, the first one is what is known of the whole build."""


def intended(now: datetime, rebuild_id: str, rebuild: Rebuild) -> RebuildState:
    """The intent, as it is committed before the request is sent; from then on the request may have been sent."""
    return RebuildState(
        rebuild_id,
        rebuild.key,
        now,
        rebuild.wave,
        rebuild.causes,
        rebuild.targets,
        rebuild.reason[:_REASON_LENGTH],
        asked=1,
        asked_at=now,
        sending=True,
        requested_by=", ".join(dict.fromkeys(asked.by for asked in rebuild.asked)) or SERVICE,
        emergency=rebuild.emergency,
        cve=", ".join(dict.fromkeys(asked.cve for asked in rebuild.asked if asked.cve)) or None,
        requests=tuple(asked.id for asked in rebuild.asked),
    )


def request_of(policy: Policy, enrollment: Enrollment, record: RebuildState) -> BuildRequest | None:
    """The request to the build system; None where the enrollment no longer names one."""
    if enrollment.source is None or enrollment.build is None:
        return None
    return BuildRequest(
        record.id,
        enrollment.name,
        str(enrollment.reference),
        enrollment.source,
        enrollment.build,
        record.reason,
        record.targets,
        record.requested_at,
        enrollment.file,
        authority_of(policy, enrollment),
    )


def answered(now: datetime, record: RebuildState, answer: Dispatched | OutsideFailure) -> RebuildState:
    """The record after the build system's answer to a request."""
    match answer:
        case Dispatched():
            return replace(
                record,
                stage=RebuildStage.DISPATCHED,
                sending=False,
                retry_at=None,
                error=None,
                dispatched_at=now,
                run_id=answer.run_id,
                url=answer.url,
                not_passed=answer.not_passed,
            )
        case NotNow():
            if record.asked >= MOST_REQUESTS:
                return given_up(now, record, f"{answer}; {record.asked} requests were sent")
            later = max(answer.retry_at or now, now + _pause(record.asked))
            return replace(record, sending=False, retry_at=later, error=str(answer))
        case PerhapsDone():
            return replace(record, error=f"{answer}; looking for the run to learn whether it started")
        case _:
            return given_up(now, record, str(answer))


def not_sent(record: RebuildState) -> RebuildState:
    """The record where the time of the round was over before the request: it was certainly not sent, and is sent next.

    Args:
        record: with the intent of this request.
    """
    return replace(record, asked=record.asked - 1, sending=False)


def given_up(now: datetime, record: RebuildState, error: str) -> RebuildState:
    """The record of a rebuild that ended without a build; a new cause starts the next one."""
    return replace(
        record,
        stage=RebuildStage.COMPLETED,
        sending=False,
        retry_at=None,
        completed_at=now,
        conclusion=Conclusion.FAILURE,
        error=error,
        settled=True,
    )


def asked_again(now: datetime, record: RebuildState) -> RebuildState:
    """The record as it is committed before the request is sent again.

    A record that was `sending` had a request with an unknown outcome; such a request is sent again only once.
    """
    return replace(
        record,
        asked=record.asked + 1,
        asked_at=now,
        sending=True,
        resent=record.resent or record.sending,
        retry_at=None,
    )


def adopted(now: datetime, record: RebuildState, run: Run) -> RebuildState:
    """The record after a run was found that this rebuild started."""
    found = answered(now, record, Dispatched(run.id, run.url, record.not_passed))
    return found if record.dispatched_at is None else replace(found, dispatched_at=record.dispatched_at)


def ended(now: datetime, record: RebuildState, run: Run) -> RebuildState:
    """The record after the run has ended; after a success the new digest has to be read next."""
    return replace(
        record,
        stage=RebuildStage.COMPLETED,
        url=run.url or record.url,
        completed_at=run.completed_at or now,
        conclusion=run.conclusion,
        settled=run.conclusion is not Conclusion.SUCCESS,
    )


def built(
    now: datetime, image: ImageState, record: RebuildState, digest: Digest, evidence: Mapping[str, Evidence]
) -> ImageState:
    """The image after a successful build whose digest has been read.

    It is built from the digests that were passed. Where the workflow takes none, it is learned from the image.

    Args:
        now: by our own clock.
        image: before the build.
        record: of the rebuild.
        digest: the new digest of the image.
        evidence: dependency name to what the new image shows; what is not there is only known to be passed.
    """
    passed = BASE_IMAGES not in record.not_passed
    shown = min(evidence.values(), key=_WEIGHT.index, default=Evidence.PASSED) if passed else None
    return replace(
        image.with_record(replace(record, result=digest, settled=True, error=None, evidence=shown)),
        dependencies=targets_built(image.dependencies, record.targets, now, evidence)
        if passed
        else tuple(replace(found, built_on=None, evidence=Evidence.ASSUMED) for found in image.dependencies),
        last_built=record.completed_at or now,
    )


def _pause(asked: int) -> timedelta:
    return min(_FIRST_PAUSE * (1 << (asked - 1)), _LONGEST_PAUSE)
