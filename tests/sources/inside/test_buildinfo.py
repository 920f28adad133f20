"""What a binary says of its own build, held against what the toolchain reads in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gctui.sources.inside.binary import GoBinary
from tests.go_toolchain import NEWEST, OLDEST, go_of_release

IDLE = Path(__file__).parent / "programs" / "idle.go"
DIRECTIVE = "//go:debug panicnil=1\n//go:debug http2client=0\n\n"


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize("directive", ["", DIRECTIVE])
def test_the_usual_godebug_is_what_go_version_tells(
    release: str, directive: str, tmp_path: Path
) -> None:
    go = go_of_release(release)
    (tmp_path / "main.go").write_text(directive + IDLE.read_text())
    version = ".".join(release.split(".")[:2])
    (tmp_path / "go.mod").write_text(f"module example.com/idle\n\ngo {version}\n")
    environment = {**os.environ, "GO111MODULE": "on", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    binary = tmp_path / "idle"
    subprocess.run([go, "build", "-o", binary, "."], cwd=tmp_path, check=True, env=environment)
    told = subprocess.run([go, "version", "-m", binary], capture_output=True, check=True, text=True)
    lines = [line.split("\t")[-1] for line in told.stdout.splitlines()]
    prefix = "DefaultGODEBUG="
    expected = [line.removeprefix(prefix) for line in lines if line.startswith(prefix)]
    with GoBinary(binary) as read:
        assert read.build_info.default_godebug == (expected or [""])[0]
        assert ("panicnil=1" in read.build_info.default_godebug) == bool(directive)
