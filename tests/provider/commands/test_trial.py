"""The trial that docs/operating.md describes, with its own commands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.images import push
from tests.peers.registry import DockerRegistry

ROOT = Path(__file__).parents[3]
COMMANDS = re.search(r"```sh\n(.+?)```", (ROOT / "docs" / "operating.md").read_text("utf-8"), re.DOTALL)
IDENTITY = {f"GIT_{who}_{what}": "jane@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def test_the_documented_trial_shows_a_real_image_and_writes_nothing(
    registry: DockerRegistry, github: GitHub, workplace: Path
) -> None:
    """Only the folder of the trial is there afterwards, as the commands made it."""
    base = push(f"http://{registry.host}", "team/base", ["1"]).digest
    app = push(f"http://{registry.host}", "acme/portal", ["latest"]).digest
    workflow = "on: {workflow_dispatch: {inputs: {image_factory_rebuild_id: {}}}}\njobs: {}\n"
    files = {"Dockerfile": f"FROM {registry.host}/team/base:1\n", ".github/workflows/build.yml": workflow}
    github.add_repository("acme/portal", files)
    assert COMMANDS
    program = shlex.join((sys.executable, "-m", "provider"))
    script = COMMANDS[1].replace("ghcr.io", registry.host).replace("image-factory check", f"{program} check")
    settings = {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": TOKEN, "INSECURE_HOSTS": registry.host}
    environ = {**os.environ, **IDENTITY, **{f"IMAGE_FACTORY_{name}": text for name, text in settings.items()}}
    environ["PYTHONPATH"] = os.pathsep.join(sys.path)

    done = subprocess.run(
        ["bash", "-euc", script], cwd=workplace, env=environ, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert app in done.stdout
    assert base in done.stdout
    assert "portal" in done.stdout
    assert [path.name for path in workplace.iterdir()] == ["trial"]
    assert sorted(path.name for path in (workplace / "trial" / "config").iterdir()) == [".git", "images.yaml"]
    assert not any(seen.method == "POST" and seen.target.endswith("/dispatches") for seen in github.log)
