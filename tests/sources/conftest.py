"""What the tests of the sources share: a real Go program, and a check for leaked descriptors."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.go_toolchain import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCE = Path(__file__).with_name("child.go")


@pytest.fixture(scope="session")
def go_child() -> str:
    """The path of the compiled child.go: `go_child CYCLES EXIT_CODE [slowly]`."""
    return str(compiled(_SOURCE))


def _open_descriptors() -> dict[str, str]:
    descriptors = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            descriptors[entry.name] = str(entry.readlink())
        except FileNotFoundError:
            continue  # the one that listed them
    return descriptors


@pytest.fixture
def no_descriptor_leaks() -> Iterator[None]:
    """Fail a test after which more descriptors are open than before (seen on Linux only)."""
    if sys.platform != "linux":
        yield
        return
    before = _open_descriptors()
    yield
    until_s = time.monotonic() + 2
    while _open_descriptors() != before and time.monotonic() < until_s:
        time.sleep(0.01)
    assert _open_descriptors() == before
