"""The program that the end-to-end tests watch."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.go_toolchain import compiled


@pytest.fixture(scope="session")
def app() -> str:
    """The compiled app.go, quoted for a shell."""
    return shlex.quote(str(compiled(Path(__file__).with_name("app.go"))))
