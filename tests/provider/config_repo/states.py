"""Any state that the service could have, for hypothesis."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence, Failure, VerificationOutcome
from catalog.reference import Digest, ImageReference
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.ledger import BuiltOn, Ledger, Observation
from provider.domain.state import (
    BaseState,
    CauseState,
    DependencyState,
    ImageState,
    Pending,
    RebuildStage,
    RebuildState,
    Target,
    UnconfirmedName,
)
from provider.domain.verification.record import VerificationRecord
from tests.provider.config_repo.entries import LINES, LOOKALIKES, NAMES, enrollments

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 10**15).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds))
DIGESTS = st.integers(0, 2**256 - 1).map(lambda number: Digest(f"sha256:{number:064x}"))
TEXTS = LINES | LOOKALIKES
PLATFORMS = st.sampled_from(["linux/amd64", "linux/arm64/v8"])
REFERENCES = st.builds(
    ImageReference,
    st.sampled_from(["docker.io", "ghcr.io", "registry.example.com:5000"]),
    st.sampled_from(["library/node", "acme/base"]),
    st.none() | st.sampled_from(["22", "1.10", "latest"]),
    st.none() | DIGESTS,
)
LEDGERS = st.builds(
    Ledger,
    st.lists(
        st.builds(
            Observation, DIGESTS, MOMENTS, st.sampled_from(["poll", "github"]), st.none() | MOMENTS,
            st.dictionaries(PLATFORMS, DIGESTS), st.booleans(), st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
)  # fmt: skip
DEPENDENCIES = st.builds(
    DependencyState, NAMES, TEXTS, REFERENCES, st.lists(st.sampled_from(["from", "copy"])).map(tuple),
    st.sampled_from(DependencyRole), st.lists(PLATFORMS, max_size=2).map(tuple),
    st.none() | st.builds(BuiltOn, DIGESTS, MOMENTS), st.sampled_from(Evidence),
)  # fmt: skip
CAUSES = st.lists(st.builds(CauseState, NAMES, TEXTS, DIGESTS, st.none() | DIGESTS, MOMENTS, MOMENTS), max_size=2).map(
    tuple
)
TARGETS = st.lists(
    st.builds(Target, NAMES, TEXTS, REFERENCES, DIGESTS, st.booleans(), st.none() | TEXTS), max_size=2
).map(tuple)
REBUILDS = st.builds(
    RebuildState, id=TEXTS, key=TEXTS, requested_at=MOMENTS, wave=MOMENTS, causes=CAUSES, targets=TARGETS,
    reason=TEXTS, requested_by=TEXTS, stage=st.sampled_from(RebuildStage), asked=st.integers(0, 9),
    asked_at=st.none() | MOMENTS, sending=st.booleans(), resent=st.booleans(), retry_at=st.none() | MOMENTS,
    dispatched_at=st.none() | MOMENTS, run_id=st.none() | TEXTS, url=st.none() | TEXTS,
    not_passed=st.lists(TEXTS, max_size=2).map(tuple), completed_at=st.none() | MOMENTS,
    conclusion=st.none() | st.sampled_from(Conclusion), error=st.none() | TEXTS, result=st.none() | DIGESTS,
    settled=st.booleans(), emergency=st.booleans(), cve=st.none() | TEXTS,
    requests=st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip
HOLDS = st.none() | st.builds(Hold, TEXTS, st.none() | TEXTS, st.none() | MOMENTS, st.none() | MOMENTS)
ASKED = st.builds(AskedRebuild, TEXTS, TEXTS, TEXTS, MOMENTS, st.booleans(), st.none() | TEXTS, st.none() | MOMENTS)
VERIFICATIONS = st.lists(
    st.builds(
        VerificationRecord, TEXTS, DIGESTS, st.sampled_from(VerificationOutcome), MOMENTS, st.none() | TEXTS,
        st.none() | TEXTS,
    ),
    max_size=2,
).map(tuple)  # fmt: skip
FAILURES = st.none() | st.builds(Failure, MOMENTS, TEXTS)
IMAGES = st.builds(
    ImageState, enrollments, MOMENTS, LEDGERS, st.sampled_from(DiscoveryStatus), st.none() | MOMENTS,
    st.none() | TEXTS, st.lists(DEPENDENCIES, max_size=2).map(tuple),
    st.lists(st.builds(Unresolved, TEXTS, st.integers(1, 99), TEXTS, TEXTS), max_size=2).map(tuple),
    st.lists(st.builds(DockerfileWarning, st.integers(1, 99), TEXTS, TEXTS), max_size=2).map(tuple),
    st.lists(st.builds(UnconfirmedName, TEXTS, st.integers(1, 99), TEXTS, st.booleans()), max_size=2).map(tuple),
    st.lists(REBUILDS, max_size=2).map(tuple), st.none() | st.builds(Pending, MOMENTS, MOMENTS, CAUSES),
    st.none() | MOMENTS, FAILURES, HOLDS,
    st.lists(st.builds(Skip, DIGESTS, TEXTS, TEXTS, MOMENTS), max_size=2).map(tuple),
    st.lists(ASKED, max_size=2).map(tuple), archived_at=st.none() | MOMENTS, verifications=VERIFICATIONS,
)  # fmt: skip
BASES = st.builds(
    BaseState, NAMES, REFERENCES, MOMENTS, LEDGERS, FAILURES, st.none() | enrollments, archived_at=st.none() | MOMENTS,
    verifications=VERIFICATIONS,
)  # fmt: skip
