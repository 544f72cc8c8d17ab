"""A round of the whole service over registries that drip, swell and go in circles, beside registries that work."""

import itertools
import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import pytest

from tests.peers.dripping import DrippingHost
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.process import LOOPBACK
from tests.provider.composition import hostile_round
from tests.provider.config_repo.repositories import Remote
from tests.provider.services.good_registry import GoodRegistry
from tests.proxy.scripted import Script, ScriptedHost

MEGABYTE = 1024 * 1024
# A third of it in the round; the rest is a list of a quarter of a million tags, read for a page of versions.
MOST_GROWTH = 640 * MEGABYTE
MOST_SECONDS = 30.0 + hostile_round.WHOLE_SECONDS
GOOD = [f"good{number:02}" for number in range(40)]


@cache
def bomb() -> bytes:
    """A manifest that is a gigabyte as soon as it is unpacked, in one megabyte."""
    packer = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    return b"".join((*(packer.compress(bytes(MEGABYTE)) for _ in range(1024)), packer.flush()))


def pieces_of_headers(line: bytes, most: int) -> Callable[[], Iterable[bytes]]:
    """An answer with so many bytes of headers."""
    return lambda: itertools.chain(
        (b"HTTP/1.1 200 OK\r\n",), itertools.repeat(line * 100, most // len(line) // 100), (b"\r\n",)
    )


ENDLESS_BODY = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SLOWLY: Mapping[str, Callable[[], Iterable[bytes]]] = {
    "drips-header": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\nX-A: ",), itertools.repeat(b"a")),
    "drips-status": lambda: itertools.repeat(b"H"),
}
FAST: Mapping[str, Callable[[], Iterable[bytes]]] = {
    "many-headers": pieces_of_headers(b"X-A: aaaaaaaa\r\n", 6 * MEGABYTE),
    "long-headers": pieces_of_headers(b"X-A: " + b"a" * 60_000 + b"\r\n", 6 * MEGABYTE),
    "endless-headers": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\n",), itertools.repeat(b"X-A: a\r\n" * 1000)),
    "endless-continue": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "endless-body": lambda: itertools.chain((ENDLESS_BODY,), itertools.repeat(b"10000\r\n" + b"b" * 65_536 + b"\r\n")),
    "no-http": lambda: itertools.repeat(os.urandom(65_536), 100),
}


def moved(request: Request) -> Answer:
    """A redirect in a circle of two addresses."""
    other = request.path.removesuffix("-x") if request.path.endswith("-x") else f"{request.path}-x"
    return Answer(307, b"", (("Location", other),))


def endless_tags(good: Script) -> Script:
    """A registry whose list of tags never ends."""
    numbers = itertools.count()

    def answer(request: Request) -> Answer | None:
        if not request.path.endswith("/tags/list"):
            return good(request)
        number = next(numbers)
        tags = [f"{number}.{minor}-{'t' * 100}" for minor in range(1000)]
        return json_answer(200, {"tags": tags}, ("Link", f"<?last={number}>; rel=next"))

    return answer


def challenged(request: Request) -> Answer:
    """A registry whose token server requires a token of itself."""
    return Answer(401, b"", (("WWW-Authenticate", f'Bearer realm="http://{request.headers["Host"]}/token"'),))


CHILD = {"digest": "sha256:none", "platform": {"os": "linux", "architecture": "amd64"}}
INDEX = {"schemaVersion": 2, "manifests": [CHILD] * 30_000}
WIDE = {
    "schemaVersion": 2,
    "manifests": [
        {"digest": f"sha256:{number:064x}", "platform": {"os": "a", "architecture": f"{number}"}}
        for number in range(30_000)
    ],
}
SCRIPTS: Mapping[str, Script] = {
    "circle": moved,
    "itself": lambda request: Answer(302, b"", (("Location", request.target),)),
    "challenge-circle": challenged,
    "bomb": lambda _: Answer(200, bomb(), (("Content-Encoding", "gzip"),)),
    "bomb-in-error": lambda _: Answer(500, bomb(), (("Content-Encoding", "gzip"),)),
    "nested": lambda _: Answer(200, b"[" * 3_000_000),
    "wide-index": lambda _: json_answer(200, INDEX),
    "wide-platforms": lambda _: Answer(200, json.dumps(WIDE, separators=(",", ":")).encode()),
}
HOSTILE = [*SLOWLY, *FAST, *SCRIPTS]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the process of the worker printed."""

    found: Mapping[str, list[str]]
    answers: Mapping[str, str]
    seconds: float
    grown: int


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """A process whose configuration has all of these registries, three repositories at each, and forty good images."""
    folder = tmp_path_factory.mktemp("hostile")
    over = threading.Event()
    with ExitStack() as ends:
        good = ends.enter_context(GoodRegistry())
        ends.callback(over.set)
        hosts = {name: ends.enter_context(DrippingHost(pieces, lambda: slow(over))) for name, pieces in SLOWLY.items()}
        hosts |= {name: ends.enter_context(DrippingHost(pieces, lambda: None)) for name, pieces in FAST.items()}
        scripted = {name: ends.enter_context(ScriptedHost(script)) for name, script in SCRIPTS.items()}
        places = {name: host.host for name, host in (hosts | scripted).items()}
        images = {f"{name}-{number}": (places[name], f"evil/{name}{number}") for name in places for number in range(3)}
        images |= {name: (good.host, f"good/{name}") for name in GOOD}
        tags = ends.enter_context(ScriptedHost(endless_tags(good.script)))
        images["endless-tags"] = tags.host, "evil/endless-tags"
        entries = [
            f"- name: {name}\n  registry: {host}\n  repository: {repository}\n"
            for name, (host, repository) in images.items()
        ]
        remote = Remote.make(folder / "remote.git", {"images.yaml": "".join(entries)})
        (folder / "names").write_text("\n".join(images), encoding="utf-8")
        settings = {
            "DATABASE_URL": f"sqlite:///{folder / 'factory.db'}",
            "CONFIG_CHECKOUT": str(folder / "config"),
            "CONFIG_REPO": str(remote.folder),
            "REGISTRY_AUTH_FILE": str(folder / "auth.json"),
            "INSECURE_REGISTRIES": LOOPBACK,
        }
        kept = {name: text for name, text in os.environ.items() if not name.startswith("IMAGE_FACTORY_")}
        environment = {f"IMAGE_FACTORY_{name}": text for name, text in settings.items()}
        command = [sys.executable, "-m", hostile_round.__name__, "endless-tags", "bomb-0", "good00"]
        done = subprocess.run(
            command,
            env={**kept, **environment, "NAMES": str(folder / "names")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        yield Outcome(**json.loads(done.stdout.splitlines()[-1]))


def slow(over: threading.Event) -> None:
    """Wait a moment before the next byte."""
    over.wait(0.2)


def test_every_good_image_is_answered_in_the_round(outcome: Outcome) -> None:
    """Each has its digest and no error."""
    assert [name for name in GOOD if not outcome.found[name][0] or outcome.found[name][1]] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_registry_has_an_error_of_its_own(outcome: Outcome, name: str) -> None:
    """The message has the address or the host."""
    for number in range(3):
        _, error = outcome.found[f"{name}-{number}"]
        assert LOOPBACK in error


def test_the_round_ends_in_time(outcome: Outcome) -> None:
    """After half a minute and the time of one request at most, as any round does."""
    assert outcome.seconds < MOST_SECONDS


def test_the_process_stays_small(outcome: Outcome) -> None:
    """They send bombs of nine gigabytes, and bodies and lists without an end."""
    assert outcome.grown < MOST_GROWTH


def test_versions_are_answered_during_such_a_round(outcome: Outcome) -> None:
    """A list without an end is an error; the versions of another image are shown."""
    assert "does not end" in outcome.answers["endless-tags"]
    assert json.loads(outcome.answers["bomb-0"])["code"] in {502, 503}
    assert [version["tag"] for version in json.loads(outcome.answers["good00"])["items"]] == ["latest"]
