"""Whether an image is signed, and has an SBOM and a provenance."""

import pytest

from proxy.ports import Referrer
from proxy.versions.details.marks import Marks, Statements, marks_of

SLSA, SPDX, CYCLONE = "https://slsa.dev/provenance/v1", "https://spdx.dev/Document", "https://cyclonedx.org/bom/v1.5"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
UNREAD = Statements((), complete=False)
READ = Statements()
NONE = Marks(signed=False, sbom=False, provenance=False)


@pytest.mark.parametrize(
    ("suffixes", "statements", "referrers", "marks"),
    [
        # What shows nothing, and whether everything was read.
        ((), READ, (), NONE),
        ((), READ, None, Marks()),
        ((), UNREAD, None, Marks()),
        ((), UNREAD, (), Marks(signed=False)),
        # cosign's tags.
        ((".sig",), READ, None, Marks(signed=True)),
        ((".sbom",), READ, None, Marks(sbom=True)),
        ((".sig", ".sbom"), READ, (), Marks(signed=True, sbom=True, provenance=False)),
        ((".att",), UNREAD, None, Marks()),
        ((".att",), Statements([SLSA]), (), Marks(signed=False, sbom=False, provenance=True)),
        (("",), READ, None, Marks()),
        # Attestations of an index.
        ((), Statements([SLSA, SPDX]), None, Marks(sbom=True, provenance=True)),
        ((), Statements([CYCLONE], complete=False), (), Marks(signed=False, sbom=True)),
        ((), Statements(["https://example.com/scan"]), (), NONE),
        # Referrers.
        ((), READ, [Referrer("application/vnd.dev.cosign.artifact.sig.v1+json", "")], Marks(True, False, False)),
        ((), READ, [Referrer("application/vnd.cncf.notary.signature", "")], Marks(True, False, False)),
        ((), READ, [Referrer("application/spdx+json", "")], Marks(False, True, False)),
        ((), READ, [Referrer("application/vnd.cyclonedx+json", "")], Marks(False, True, False)),
        ((), READ, [Referrer("application/vnd.goharbor.harbor.sbom.v1", "")], Marks(False, True, False)),
        ((), READ, [Referrer("application/vnd.in-toto+json", SLSA)], Marks(False, False, True)),
        ((), READ, [Referrer(BUNDLE, "https://sigstore.dev/cosign/sign/v1")], Marks(True, False, False)),
        ((), READ, [Referrer(BUNDLE, SPDX)], Marks(False, True, False)),
        # What holds something that no annotation names.
        ((), READ, [Referrer(BUNDLE, "")], Marks()),
        ((".sig",), READ, [Referrer(BUNDLE, "")], Marks(signed=True)),
        ((), READ, [Referrer("application/vnd.in-toto+json", "")], Marks(signed=False)),
        ((), READ, [Referrer("application/vnd.example.report", "")], NONE),
    ],
)
def test_a_mark_is_known_or_not(
    suffixes: tuple[str, ...], statements: Statements, referrers: list[Referrer] | None, marks: Marks
) -> None:
    """True where something shows it, False where everything was read, None otherwise."""
    assert marks_of(suffixes, statements, referrers) == marks
