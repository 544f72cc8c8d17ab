"""A config repository with the state of many images, as it is after some months: files of teams and histories."""

import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from bench.population import digest_of
from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence
from catalog.reference import Digest, ImageReference
from provider.config_repo.state.documents import base_text, image_text
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.ledger import BuiltOn, Ledger, Observation
from provider.domain.state import (
    BaseState,
    CauseState,
    DependencyState,
    ImageState,
    RebuildStage,
    RebuildState,
    Target,
)

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_BASES, _TEAMS, _LEVELS = 300, 50, 5
_PLATFORMS = ("linux/amd64", "linux/arm64")
_AGE = timedelta(days=7)
_POLICY = (
    "rules:\n- files: images.d/*.yaml\n  sources: ['github:acme/*']\n  images: [ghcr.io/acme/**]\n"
    "  workflows: [build.yml]\n  owners: ['group:default/*']\n"
)


def make_config_repository(bare: Path, count: int) -> None:
    """Make a bare repository with one commit, which has the files of this number of images."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    subprocess.run(["git", "-C", str(bare), "fast-import", "--quiet"], input=b"".join(_import(count)), check=True)


def _import(count: int) -> Iterator[bytes]:
    """The commit, in the format of `git help fast-import`."""
    yield b"commit refs/heads/main\ncommitter Bench <bench@localhost> 1767600000 +0000\ndata 5\nBegin\n"
    for path, written in _files(count).items():
        text = written.encode()
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text)


def _files(count: int) -> Mapping[str, str]:
    """The text of each file, by path."""
    teams: dict[str, list[object]] = {}
    dependents: dict[str, list[str]] = {}
    files = {"policy.yaml": _POLICY}
    for number in range(count):
        image = _image(number)
        teams.setdefault(image.enrollment.file, []).append(image.enrollment.to_document())
        for dependency in image.dependencies:
            dependents.setdefault(dependency.name, []).append(image.name)
        files[f"state/images/{image.name}.yaml"] = image_text(image)
    for number in range(_BASES):
        base = _base(number)
        text = base_text(base, tuple(sorted(dependents.get(base.name, ()))))
        files[f"state/base-images/{base.name}.yaml"] = text
    for file, entries in teams.items():
        files[file] = yaml.dump(entries, Dumper=yaml.CSafeDumper, sort_keys=False)
    return files


def _image(number: int) -> ImageState:
    """An image that depends on a base image and, but for one in five, on the image before it; it was rebuilt once."""
    name, team = _name(number), f"team-{number % _TEAMS:02}"
    dockerfile = f"app-{number % 2}/Dockerfile"
    enrollment = Enrollment(
        name,
        "ghcr.io",
        f"acme/{name}",
        source=Source("github", f"acme/source-{number // 2:05}", dockerfiles=(dockerfile,)),
        build=Build("github-actions", workflow="build.yml"),
        owner=f"group:default/{team}",
        title=f"Application {number}",
        file=f"images.d/{team}.yaml",
    )
    built = _NOW - timedelta(days=2 + number % 5, seconds=number)
    base = _base(number % _BASES)
    bases = {base.name: (base.image, base.ledger.observations[-1].digest)}
    if number % _LEVELS:
        parent = _name(number - 1)
        bases[parent] = ImageReference("ghcr.io", f"acme/{parent}", "latest"), _digest(parent, 1)
    dependencies = tuple(
        DependencyState(
            each,
            str(reference),
            reference,
            ("from",),
            DependencyRole.FINAL,
            (),
            BuiltOn(digest, built),
            Evidence.VERIFIED,
            1,
            dockerfile,
        )
        for each, (reference, digest) in bases.items()
    )
    return ImageState(
        enrollment,
        _NOW - timedelta(days=100, seconds=number),
        _ledger(name, built),
        DiscoveryStatus.SUCCESS,
        _NOW - timedelta(hours=number % 24),
        dependencies=dependencies,
        rebuilds=(_rebuild(number, base, dependencies, built),),
        last_built=built,
    )


def _rebuild(number: int, base: BaseState, dependencies: tuple[DependencyState, ...], built: datetime) -> RebuildState:
    before, current = base.ledger.observations[-2:]
    wave = current.first_seen + _AGE
    cause = CauseState(base.name, str(base.image), current.digest, before.digest, current.first_seen, wave)
    targets = tuple(
        Target(each.name, each.written, each.image, each.built_on.digest, each.name == base.name)
        for each in dependencies
        if each.built_on
    )
    asked = built - timedelta(minutes=5)
    return RebuildState(
        _digest(_name(number), 0)[7:19],
        _digest(_name(number), 0)[7:],
        asked,
        wave,
        (cause,),
        targets,
        f"{base.name}: {base.image} changed on {current.first_seen:%d %b} and has aged 7 of 7 days; the base image",
        stage=RebuildStage.COMPLETED,
        asked=1,
        asked_at=asked,
        dispatched_at=asked + timedelta(seconds=2),
        run_id=str(10**9 + number),
        url=f"https://github.com/acme/source-{number // 2:05}/actions/runs/{10**9 + number}",
        completed_at=built,
        conclusion=Conclusion.SUCCESS,
        result=_digest(_name(number), 1),
        evidence=Evidence.VERIFIED,
        settled=True,
    )


def _base(number: int) -> BaseState:
    name = f"library-{number:03}"
    seen = _ledger(name, _NOW - timedelta(days=10 + number % 30, seconds=number))
    return BaseState(name, ImageReference("docker.io", f"library/lib-{number}", "22"), _NOW - timedelta(days=200), seen)


def _ledger(name: str, changed: datetime) -> Ledger:
    """Two digests, the second since that time."""
    first = changed - timedelta(days=20)
    seen = ((_digest(name, 0), first, changed), (_digest(name, 1), changed, None))
    return Ledger(
        tuple(
            Observation(digest, since, last_seen=until, platforms={each: _digest(digest, each) for each in _PLATFORMS})
            for digest, since, until in seen
        )
    )


def _name(number: int) -> str:
    return f"team-{number % _TEAMS:02}-app-{number:05}"


def _digest(*parts: object) -> Digest:
    return digest_of(" ".join(map(str, parts)).encode())
