"""Outputs that stay as they are; GCTUI_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "cli" / "golden"


def assert_golden(name: str, output: bytes) -> None:
    """Hold an output against the file of that name."""
    path = FOLDER / name
    if os.environ.get("GCTUI_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(output)
    assert output.decode() == path.read_text()
