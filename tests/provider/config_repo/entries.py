"""Entries of images.yaml for tests: any valid entry, and files with entries."""

from collections.abc import Mapping

from hypothesis import strategies as st

from provider.config_repo.enrollments.entry import load_entry
from provider.domain.enrollment import Document, Enrollment

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)
LINES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n"), max_size=40
)
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
# Texts that some YAML reader reads as another type.
LOOKALIKES = st.sampled_from(
    ["22", "1.10", "on", "yes", "null", "~", "2024-01-01", "1:30", "0x1f", "", " ", "# no", "- a", "a: b"]
)
BRANCHES = st.none() | st.sampled_from(["main", "release/1.2", "1.10"])


def entry(name: str, repository: str | None = None, **others: object) -> Document:
    """A small valid entry."""
    return {"name": name, "registry": "ghcr.io", "repository": repository or f"acme/{name}", **others}


def enrollment(name: str, repository: str | None = None, **others: object) -> Enrollment:
    """The enrollment of such an entry."""
    return load_entry(entry(name, repository, **others))


def without_nothing(document: Mapping[str, object]) -> Document:
    """The document without keys that have no value."""
    return {key: value for key, value in document.items() if value is not None}


BAKED = {"provider": "github", "repo": "acme/portal", "bake": {"file": "docker-bake.hcl", "target": "app"}}
SOURCES = st.just(BAKED) | st.fixed_dictionaries(
    {"provider": st.just("github"), "repo": st.sampled_from(["acme/portal", "acme/1.10"])},
    optional={
        "branch": BRANCHES,
        "dockerfile": st.sampled_from(["Dockerfile", "app/Dockerfile", ["a/Dockerfile", "b/Dockerfile"]]),
        "contexts": st.dictionaries(
            st.sampled_from(["src", "on", "node:22"]), st.sampled_from(["local", "docker-image://node:22"]), max_size=2
        ),
        "baseImages": st.lists(st.sampled_from(["node:22", "1.10", "ghcr.io/acme/base:1"]), unique=True, max_size=3),
        "buildArgs": st.dictionaries(st.sampled_from(["NODE", "ON", "Y"]), WORDS | LOOKALIKES, max_size=3),
        "target": st.none() | st.sampled_from(["runtime", "0"]),
    },
).map(without_nothing)
PEM = """\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----"""
RULES: list[Document] = [
    {"cosign": {"keys": ["keys/team.pem"]}},
    {"cosign": {"keys": [PEM, "keys/on.pem"]}, "bases": ["cgr.dev/**", "node:22"]},
    {"cosign": {"identity": {"issuer": "https://a.example", "subject": "*@a.example", "trustedRoot": "root.json"}}},
]
BUILDS = st.sampled_from(
    [
        None,
        {"system": "github-actions", "workflow": "build.yml"},
        {"system": "github-actions", "workflow": "build.yml", "ref": "main"},
        {"system": "gitlab", "project": "acme/portal", "ref": "main"},
        {"system": "webhook", "url": "https://ci.example.org/hook?token=1"},
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any valid entry."""
    name = draw(NAMES)
    more = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "tag": st.sampled_from(["latest", "1.10", "22", "edge"]),
                "rebuildDelay": st.sampled_from(["7d", "168h", "12h", "2w"]),
                "autoRebuild": st.booleans(),
                "rebuildOn": st.sampled_from(["all", "final"]),
                "platforms": st.lists(st.sampled_from(["linux/amd64", "linux/arm64", "linux/arm/v7"]), unique=True),
                "criticality": st.sampled_from(["low", "normal", "high"]),
                "owner": st.just("group:default/platform"),
                "title": WORDS.filter(lambda text: bool(text.strip()) and text.isprintable()),
                "description": LINES | LOOKALIKES,
                "lifecycle": st.sampled_from(["production", "on"]),
                "verify": st.sampled_from(RULES),
            },
        )
    )
    if draw(st.booleans()):
        build = draw(BUILDS)
        more = {**more, "source": draw(SOURCES), **({"build": build} if build else {})}
    return entry(name, None, **more)


enrollments = documents().map(load_entry)
