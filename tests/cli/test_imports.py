"""Heavy libraries are loaded by those commands only that use them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.commands import PATIENCE_S, environment

LEAK = str(Path(__file__).parents[2] / "samples" / "demo" / "leak.log")
ALL = {"textual", "plotext", "lark", "psutil", "elftools", "polars", "pyarrow"}
SCREEN = {"textual", "plotext", "rich"}


@pytest.mark.parametrize(
    ("arguments", "kept_out"),
    [
        (["--version"], ALL | {"gctui.cli.run"}),
        (["--help"], ALL | {"gctui.cli.run"}),
        (["export", LEAK], SCREEN | {"psutil", "elftools", "polars", "pyarrow", "multiprocessing"}),
        (["replay", "--plain", LEAK], SCREEN | {"psutil", "elftools"}),
        (["compare", LEAK, LEAK], SCREEN | {"psutil", "elftools"}),
        (["check", LEAK, "--max-pause-ms", "50"], SCREEN | {"psutil", "elftools"}),
        (["ps"], SCREEN | {"psutil", "lark"}),
        (["run", "--plain", "true"], SCREEN),
    ],
    ids=lambda value: " ".join(Path(word).name for word in value) if type(value) is list else "",
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], kept_out: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gctui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(),
        timeout=PATIENCE_S,
        check=True,
    )
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr.decode(), re.MULTILINE))
    assert "gctui.cli.main" in loaded
    assert not loaded & kept_out
