"""Every test begins with an empty cache of layouts; the toolchains keep theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.sources.inside import cache


@pytest.fixture(autouse=True)
def layout_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "layouts"
    monkeypatch.setattr(cache, "cache_folder", lambda: folder)
    return folder
