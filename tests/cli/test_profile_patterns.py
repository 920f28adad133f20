"""A profile's own pattern of what to leave out: its mistakes are not the operator's."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.cli.main import main
from tests.analysis.made_profiles import Made


def written(path: Path, drop_frames: str) -> str:
    new = Made()
    new.types(("space", "bytes"))
    place = new.location(1, (new.function("main.f", "f.go"), 1))
    caller = new.location(2, (new.function("main.main", "f.go"), 2))
    new.sample([place, caller], [100])
    new.message.drop_frames = new.text(drop_frames)
    path.write_bytes(new.data())
    return str(path)


def test_a_pattern_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", written(tmp_path / "heap.pb.gz", r"main\.f")]) == 0
    out, err = capsys.readouterr()
    assert "main.f " not in out
    assert err == ""


@pytest.mark.parametrize("pattern", ["(", "(" * 3000 + "a" + ")" * 3000, "a\x1b[2J)"])
@pytest.mark.parametrize("options", [[], ["--peek", "main"], ["--list", "main"]])
def test_a_bad_pattern_is_said_with_its_file_and_passed_over(
    pattern: str, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "heap.pb.gz", pattern)
    assert main(["profile", *options, path]) == 0
    out, err = capsys.readouterr()
    assert "main.f" in out
    assert err.startswith(f"gctui: {path} says what to leave out by a bad pattern '")
    assert err.endswith("; all stays\n")
    assert err.count("\n") == 1
    assert "\x1b" not in err
