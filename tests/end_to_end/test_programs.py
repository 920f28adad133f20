"""Several real programs in one stream are told apart."""

import os
import re
from pathlib import Path

from tests.end_to_end.commands import shell
from tests.go_toolchain import go_command

PROGRAM = """package main

import "os"

var kept, garbage []byte

func main() {
	kept = make([]byte, 1<<20)
	for i := range kept {
		kept[i] = 1
	}
	for i := 0; i < 3000; i++ {
		garbage = make([]byte, 64<<10)
	}
	os.Stdout.WriteString("done\\n")
}
"""


def sections(summary: str) -> dict[str, int]:
    """The collections of each program that a summary tells of."""
    found = re.findall(r"^  (\S[^:]*): (\d+) collections?\b", summary, re.MULTILINE)
    return {name: int(count) for name, count in found}


def test_two_programs_on_one_pipe(app: str) -> None:
    traced = f"GODEBUG=gctrace=1 {app} -quiet -for"
    done = shell(f"({traced} 4s & GOGC=30 {traced} 4s & wait) 2>&1 | gctui --plain --interval 0.5")
    assert done.returncode == 0, done.stderr
    printed = done.stdout.decode()
    assert "2 programs in one stream" in printed
    told = sections(printed)
    assert [*told] == ["program 1", "program 2"]
    assert all(count > 2 for count in told.values())
    assert re.search(r"^ .*  program \d$", printed, re.MULTILINE), "the ticker names them"


def test_names_before_the_lines_name_the_programs(app: str) -> None:
    traced = f"GODEBUG=gctrace=1 {app} -quiet -for 2s 2>&1"
    named = [f"({traced} | sed -u 's/^/{name}  | /')" for name in ("web-1", "db-1")]
    done = shell(f"({named[0]} & {named[1]} & wait) | gctui --plain")
    assert done.returncode == 0, done.stderr
    assert sorted(sections(done.stdout.decode())) == ["db-1", "web-1"]


def test_go_run_is_told_apart_from_the_program(tmp_path: Path) -> None:
    source = tmp_path / "main.go"
    source.write_text(PROGRAM)
    (tmp_path / "go.mod").write_text("module example.com/app\n")
    go = go_command()
    cache = os.environ.get("GOCACHE", str(tmp_path / "cache"))
    done = shell(
        f"cd {tmp_path} && PATH={Path(go).parent}:$PATH "
        "gctui run --plain --no-counters -- go run main.go",
        GOCACHE=cache,
        GOFLAGS="-mod=mod",
        GOTOOLCHAIN="local",
        HOME=str(tmp_path),
    )
    said = done.stderr.decode()
    assert done.returncode == 0, said
    assert b"done" in done.stdout
    assert "go and its tools print traces of their own" in said
    counts = [*sections(said).values()]
    assert len(counts) > 1, said
    assert counts[-1] > 5, said
