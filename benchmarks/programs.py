"""Go programs to measure on: a busy one, and one with 200,000 symbols."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.go_toolchain import cache_folder, compiled, go_command

PACKAGES, FUNCTIONS = 40, 2500
BUSY = Path(__file__).with_name("busy.go")


def busy_program() -> Path:
    """Return a program that allocates on all CPUs and counts what it gets done."""
    return compiled(BUSY)


def large_program() -> Path:
    """Return a program of PACKAGES × FUNCTIONS functions, and as many variables; built once."""
    folder = cache_folder() / f"large-{PACKAGES}-{FUNCTIONS}"
    binary = folder / "large"
    if not binary.exists():
        folder.mkdir(exist_ok=True)
        _write(folder)
        building = folder / "large.building"
        alone = {**os.environ, "GOFLAGS": "", "GOTOOLCHAIN": "local"}
        command = [go_command(), "build", "-o", str(building), "."]
        subprocess.run(command, cwd=folder, check=True, env=alone)
        building.replace(binary)
    return binary


def symbol_count(binary: Path) -> int:
    """Return how many symbols `go tool nm` lists."""
    listed = subprocess.run(
        [go_command(), "tool", "nm", str(binary)], capture_output=True, check=True
    )
    return listed.stdout.count(b"\n")


def _write(folder: Path) -> None:
    (folder / "go.mod").write_text("module large\n\ngo 1.21\n", "utf-8")
    for number in range(PACKAGES):
        package = folder / f"p{number}"
        package.mkdir(exist_ok=True)
        (package / "f.go").write_text(_package(number), "utf-8")
    imports = "".join(f'\t"large/p{number}"\n' for number in range(PACKAGES))
    calls = "".join(
        f"\tfor i, f := range p{number}.Table {{\n\t\tsum += f(i)\n\t}}\n"
        for number in range(PACKAGES)
    )
    (folder / "main.go").write_text(
        f'package main\n\nimport (\n\t"fmt"\n\t"time"\n{imports})\n\nfunc main() {{\n\tsum := 0\n'
        f"{calls}\tfmt.Println(sum)\n\ttime.Sleep(time.Hour)\n}}\n",
        "utf-8",
    )


def _package(number: int) -> str:
    names = "".join(f"\tF{i},\n" for i in range(FUNCTIONS))
    functions = "".join(
        f"//go:noinline\nfunc F{i}(x int) int {{ return x*{i} + V{i} }}\n\nvar V{i} = {i}\n\n"
        for i in range(FUNCTIONS)
    )
    return f"package p{number}\n\nvar Table = [...]func(int) int{{\n{names}}}\n\n{functions}"
