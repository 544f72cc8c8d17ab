"""Tests of image references: the grammar of the distribution project, and the methods of the catalog."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.reference import (
    Digest,
    ImageReference,
    InvalidReference,
    canonical_registry,
    digest_beginning,
    grammar_reference,
    parse_digest,
    usual_reference,
)

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA384 = "sha384:" + "a" * 96
SHA512 = "sha512:" + "0" * 128

HOSTS = st.from_regex(
    r"([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\.){1,3}[a-z]{2,4}(:[0-9]{1,5})?|localhost(:[0-9]{1,5})?", fullmatch=True
)
PATHS = st.lists(st.from_regex(r"[a-z0-9]{1,6}([._]|__|-{1,3})?[a-z0-9]{1,6}", fullmatch=True), min_size=1, max_size=4)
TAGS = st.none() | st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
DIGESTS = st.none() | st.sampled_from([SHA256, SHA384, SHA512]).map(Digest)


@st.composite
def references(draw: st.DrawFn) -> ImageReference:
    """Normalised references to any registry; on Docker Hub they have at least two parts."""
    host = draw(st.just("docker.io") | HOSTS)
    parts = draw(PATHS)
    if host == "docker.io" and len(parts) == 1:
        parts.insert(0, "library")
    return ImageReference(host, "/".join(parts), draw(TAGS), draw(DIGESTS))


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("node", "docker.io", "library/node", None, None),
        ("node:22", "docker.io", "library/node", "22", None),
        ("library/node", "docker.io", "library/node", None, None),
        ("docker.io/node", "docker.io", "library/node", None, None),
        ("docker.io/library/node:22", "docker.io", "library/node", "22", None),
        ("index.docker.io/node", "docker.io", "library/node", None, None),
        ("grafana/grafana", "docker.io", "grafana/grafana", None, None),
        ("a/b/c", "docker.io", "a/b/c", None, None),
        ("ghcr.io/team/app:1.2", "ghcr.io", "team/app", "1.2", None),
        ("ghcr.io/app", "ghcr.io", "app", None, None),
        ("localhost/app", "localhost", "app", None, None),
        ("localhost:5000/app:1", "localhost:5000", "app", "1", None),
        ("localhost:5000", "docker.io", "library/localhost", "5000", None),
        ("registry:5000/app", "registry:5000", "app", None, None),
        ("127.0.0.1:5000/team/app", "127.0.0.1:5000", "team/app", None, None),
        ("[::1]:5000/app", "[::1]:5000", "app", None, None),
        ("UPPER/app", "UPPER", "app", None, None),
        ("quay.io:443/acme/app:1", "quay.io", "acme/app", "1", None),
        ("QUAY.io/acme/app", "quay.io", "acme/app", None, None),
        ("Registry.Example.com:5000/app", "registry.example.com:5000", "app", None, None),
        ("quay.io./acme/app", "quay.io", "acme/app", None, None),
        ("Quay.IO.:443/acme/app", "quay.io", "acme/app", None, None),
        (f"ghcr.io:443/team/app:1@{SHA256}", "ghcr.io", "team/app", "1", SHA256),
        ("registry-1.docker.io/library/node:22", "docker.io", "library/node", "22", None),
        ("registry-1.docker.io/node", "docker.io", "library/node", None, None),
        ("registry.hub.docker.com/library/node", "docker.io", "library/node", None, None),
        ("registry.hub.docker.com:443/grafana/grafana", "docker.io", "grafana/grafana", None, None),
        ("Index.Docker.io./node", "docker.io", "library/node", None, None),
        ("docker.io:443/node", "docker.io", "library/node", None, None),
        # Other ports are other registries; what is often reached by plain http keeps its port.
        ("quay.io:80/acme/app", "quay.io:80", "acme/app", None, None),
        ("quay.io:4443/acme/app", "quay.io:4443", "acme/app", None, None),
        ("registry:443/app", "registry:443", "app", None, None),
        ("localhost:443/app", "localhost:443", "app", None, None),
        ("10.0.0.5:443/app", "10.0.0.5:443", "app", None, None),
        ("[::1]:443/app", "[::1]:443", "app", None, None),
        ("acme/app:443", "docker.io", "acme/app", "443", None),
        (f"node@{SHA256}", "docker.io", "library/node", None, SHA256),
        (f"node:22@{SHA256}", "docker.io", "library/node", "22", SHA256),
        (f"ghcr.io/team/app:1@{SHA512}", "ghcr.io", "team/app", "1", SHA512),
        ("node:22_A.b-c", "docker.io", "library/node", "22_A.b-c", None),
        ("a__b/c--d/e.f_g", "docker.io", "a__b/c--d/e.f_g", None, None),
        ("0", "docker.io", "library/0", None, None),
    ],
)
def test_references_normalise(text: str, registry: str, repository: str, tag: str | None, digest: str | None) -> None:
    """Docker Hub and `library/` are added; tag and digest do not change."""
    reference = ImageReference.parse(text)

    assert (reference.registry, reference.repository, reference.tag, reference.digest) == (
        registry,
        repository,
        tag,
        digest,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " node",
        "node ",
        "node\n",
        "no de",
        ":22",
        "node:",
        "node:22:23",
        "node:-x",
        "node:" + "x" * 129,
        "Node",
        "team/App",
        "ghcr.io/Team/app",
        "ghcr.io/",
        "/node",
        "node/",
        "a//b",
        "a/../b",
        "-a",
        "a-",
        "a___b",
        "a..b",
        "https://ghcr.io/app",
        "ghcr.io:port/app",
        "node@",
        "node@sha256",
        "node@sha256:abc",
        "node@" + SHA256.upper(),
        f"@{SHA256}",
        "a" * 64,
        "x" * 256,
        "$node",
        "node:${tag}",
        "node:\u00e9",
        "n\u00f6de",
        "quay.io:/app",
        ".:443/app",
        "quay..io/app",
        "\u212aquay.io/app",
        "user@quay.io:443/app",
    ],
)
def test_invalid_references_are_refused(text: str) -> None:
    """The message contains the text."""
    with pytest.raises(InvalidReference) as caught:
        ImageReference.parse(text)

    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["a-" * 500_000, "a." * 500_000, "a/" * 500_000, "a" * 601, f"node:{'1' * 1_000_000}"])
def test_a_text_longer_than_any_reference_is_refused_by_its_length(text: str) -> None:
    """The patterns would take minutes for it; the message repeats only its beginning."""
    started = time.process_time()
    with pytest.raises(InvalidReference, match="at most 600") as caught:
        ImageReference.parse(text)

    assert time.process_time() - started < 0.5
    assert len(str(caught.value)) < 250


def test_the_longest_reference_parses() -> None:
    """A name, a tag and a digest of the greatest lengths are below the limit."""
    text = f"ghcr.io/{'a' * 247}:{'1' * 128}@{SHA512}"

    assert str(ImageReference.parse(text)) == text


@given(references(), st.sampled_from([":443", ".", ".:443", ""]), st.booleans())
def test_each_spelling_of_a_host_is_the_same_image(reference: ImageReference, ending: str, upper: bool) -> None:
    """A port of https, a dot at the end and capital letters make no other image."""
    assume("." in reference.registry and ":" not in reference.registry)
    host = reference.registry.upper() if upper else reference.registry

    assert ImageReference.parse(str(reference).replace(reference.registry, f"{host}{ending}", 1)) == reference


@given(st.one_of(st.text(max_size=20), HOSTS))
def test_the_spelling_of_a_registry_is_final(host: str) -> None:
    """What is canonical stays so."""
    canonical = canonical_registry(host)

    assert canonical_registry(canonical) == canonical


@given(references())
def test_writing_and_parsing_give_the_same_reference(reference: ImageReference) -> None:
    """`str` is complete, and its result is normalised."""
    assert ImageReference.parse(str(reference)) == reference


@given(
    references().map(str) | st.from_regex(r"[a-z0-9.-]{1,8}/[a-z0-9._/-]{1,9}(:[a-zA-Z0-9._-]{1,5})?", fullmatch=True),
    st.integers(0, 40),
    st.sampled_from(["", "", "/", ".", "-", "_", "__", ":", "@", "A", "é", "docker.io/", "a" * 250]),
)
def test_the_short_way_reads_nothing_otherwise_than_the_grammar(text: str, place: int, put: str) -> None:
    """Whatever the text: it gives the reference of the grammar, or leaves the text to the grammar."""
    text = text[:place] + put + text[place:]
    usual = usual_reference(text)

    assert usual is None or usual == grammar_reference(text)


def test_usual_references_take_the_short_way() -> None:
    """Those with a host; a host with a port, Docker Hub's names and digests are left to the grammar."""
    assert usual_reference("ghcr.io/acme/app:1.2") == ImageReference("ghcr.io", "acme/app", "1.2")
    for other in ("node:22", "docker.io/node", "quay.io:443/acme/app", "localhost/app", f"ghcr.io/acme/app@{SHA256}"):
        assert usual_reference(other) is None


@given(references())
def test_the_familiar_form_parses_to_the_same_reference(reference: ImageReference) -> None:
    """The short form parses to the same reference, and its name is the one of Docker Hub."""
    namespace, _, name = reference.repository.partition("/")
    assume(reference.registry != "docker.io" or not ("." in namespace or namespace == "localhost" or "/" in name))

    assert ImageReference.parse(reference.familiar) == reference


@given(references())
def test_tagged_has_a_tag_and_no_digest(reference: ImageReference) -> None:
    """`tagged` has a tag and no digest, and calling it twice changes nothing."""
    tagged = reference.tagged

    assert (tagged.tag, tagged.digest) == (reference.tag or "latest", None)
    assert tagged.tagged == tagged
    assert tagged.image == reference.image == f"{reference.registry}/{reference.repository}"


@given(references(), st.sampled_from([SHA256, SHA512]).map(Digest))
def test_pinning_keeps_the_tag(reference: ImageReference, digest: Digest) -> None:
    """`at` only sets the digest."""
    pinned = reference.at(digest)

    assert (pinned.image, pinned.tag, pinned.digest) == (reference.image, reference.tag, digest)
    assert str(pinned).endswith(f"@{digest}")


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("docker.io/library/node:22", "node:22"),
        ("docker.io/grafana/grafana", "grafana/grafana"),
        ("ghcr.io/library/node", "ghcr.io/library/node"),
        (f"node@{SHA256}", f"node@{SHA256}"),
    ],
)
def test_the_familiar_form_is_short(text: str, familiar: str) -> None:
    """`docker.io/` and `library/` are left out, on Docker Hub only."""
    assert ImageReference.parse(text).familiar == familiar


@pytest.mark.parametrize("text", [SHA256, SHA384, SHA512])
def test_digests_of_registered_algorithms_parse(text: str) -> None:
    """The text of a parsed digest is the same."""
    assert parse_digest(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "sha256", "sha256:", SHA256[:-1], SHA256 + "0", SHA256.upper(), "md5:" + "a" * 32, SHA256 + "\n", "a" * 64],
)
def test_invalid_digests_are_refused(text: str) -> None:
    """The message contains the text."""
    with pytest.raises(InvalidReference, match="is not a digest") as caught:
        parse_digest(text)

    assert repr(text) in str(caught.value)


@given(st.one_of(st.text(), st.text(st.sampled_from("aA0:/@._-[]sh256 \n"), max_size=80)))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No other exception is raised, and a parsed reference is normalised."""
    try:
        reference = ImageReference.parse(text)
    except InvalidReference:
        return
    assert ImageReference.parse(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("0123456789ab", "sha256:0123456789ab"),
        ("0123456789AB", "sha256:0123456789ab"),
        ("sha256:0123456789ab", "sha256:0123456789ab"),
        ("sha512:" + "a" * 128, "sha512:" + "a" * 128),
        ("a" * 64, "sha256:" + "a" * 64),
        ("a" * 65, None),
        ("sha384:" + "a" * 97, None),
        ("0123456789a", None),
        ("sha256:0123456789a", None),
        ("md5:0123456789ab", None),
        ("0123456789ag", None),
        ("sha256:", None),
        ("", None),
        ("0123456789ab ", None),
        ("\uff10123456789ab", None),
    ],
)
def test_a_digest_is_known_by_its_first_twelve_digits(text: str, beginning: str | None) -> None:
    """In any case, with or without the algorithm; nothing else is one."""
    assert digest_beginning(text) == beginning
