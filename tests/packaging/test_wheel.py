"""The wheel: what is in it, and that it runs where no checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from gctui import __version__

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300.0


def run(*command: str | Path, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps")
    # Without hatchling at hand pip fetches it from the package index.
    isolation = ("--no-build-isolation",) if find_spec("hatchling") else ()
    run(*pip, *isolation, "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("gctui-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, and only the dependencies shared with this one."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=wheel.parent)
    python = folder / "bin" / "python"
    run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python),
        *("install", "--no-deps", "--no-index", "--quiet", wheel),
        cwd=wheel.parent,
    )
    site_packages = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
        ).strip()
    )
    # A path in a .pth file is taken as it is: the editable gctui's own .pth there is not read.
    shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site_packages / "shared.pth").write_text("\n".join(sorted(shared)) + "\n")
    return folder / "bin"


def test_the_wheel_holds_the_package_and_its_data_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "gctui",
        f"gctui-{__version__}.dist-info",
    }
    folders = {name.split("/")[1] for name in names if name.startswith("gctui/")}
    assert {"grammars", "samples", "py.typed", "tui"} <= folders
    assert not folders & {"tests", "benchmarks"}
    in_checkout = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("grammars/*.lark", "samples/demo/*.log")
        for path in ROOT.glob(pattern)
    }
    assert in_checkout
    assert {f"gctui/{name}" for name in in_checkout} <= set(names)
    assert "gctui/tui/gctui.tcss" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name]


def test_the_installed_package_runs_anywhere(installed: Path, tmp_path: Path) -> None:
    where = "import gctui, gctui.data as d; print(gctui.__file__, d.data_folder('grammars'))"
    for place in run(installed / "python", "-c", where, cwd=tmp_path).split():
        assert Path(place).is_relative_to(installed.parent)
    gctui = installed / "gctui"
    assert run(gctui, "--version", cwd=tmp_path) == f"gctui {__version__}\n"
    assert "gctrace.go1.26" in run(gctui, "formats", cwd=tmp_path)
    assert "collections" in run(gctui, "demo", "--plain", cwd=tmp_path)
