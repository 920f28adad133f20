"""Profiles that a real Go program has written of itself."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.go_toolchain import compiled

PROGRAM = Path(__file__).parent / "programs" / "heap.go"

Profiles = Callable[[int], Path]


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Profiles:
    """`profiles(RATE)` is a folder of profiles written at that MemProfileRate; 0: the default."""

    @cache
    def written(rate: int) -> Path:
        folder = tmp_path_factory.mktemp(f"profiles-{rate}")
        subprocess.run([compiled(PROGRAM), folder, str(rate)], check=True, timeout=60)
        return folder

    return written
