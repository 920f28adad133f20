"""The operator's mistakes: one line that names the thing, the right exit code, no traceback."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.commands import PATIENCE_S, environment, gctui, shell
from tests.end_to_end.terminal import Terminal

LEAK = Path(__file__).parents[2] / "samples" / "demo" / "leak.log"


def one_line(stderr: bytes) -> str:
    lines = stderr.decode().splitlines()
    assert len(lines) == 1, f"not one line: {stderr!r}"
    assert lines[0].startswith("gctui")
    assert "internal error" not in lines[0]
    return lines[0]


def test_what_stands_behind_two_dashes_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(LEAK, "--from")
    for command in ("gctui --plain -- --from", "gctui report --format html --from 10 -- --from"):
        done = shell(command)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"--from" in done.stdout


@pytest.mark.parametrize(
    ("command", "code", "named"),
    [
        ("gctui missing.log", 2, "missing.log: cannot be opened: No such file"),
        ("gctui replay missing.log", 2, "missing.log: cannot be opened: No such file"),
        ("gctui export missing.log", 2, "missing.log: cannot be opened: No such file"),
        ("gctui -- --plain", 2, "--plain: no such file; behind -- there are file names only"),
        ("gctui report -- x --from 00:10", 2, "--from: no such file; behind -- there are"),
        ("gctui .", 2, ".: cannot be opened: Is a directory"),
        ("gctui export .", 2, ".: cannot be opened: Is a directory"),
        ("gctui ''", 2, "''"),
        ("gctui replay", 2, "FILE"),
        ("gctui run nosuchcommand", 127, "command not found: nosuchcommand"),
        ("gctui run ./nosuchcommand", 127, "command not found: ./nosuchcommand"),
        ("gctui run /etc/passwd", 126, "not executable: /etc/passwd"),
        ("gctui run /etc", 126, "not executable: /etc: is a directory"),
        ("gctui run", 2, "no command"),
        ("gctui run --", 2, "no command"),
        ("gctui run --plain", 2, "no command"),
        ("gctui run --trace nosuch true", 2, "unknown trace 'nosuch'"),
        ("gctui run --bogus true", 2, "--bogus"),
        ("gctui --bogus", 2, "--bogus"),
        ("gctui replay --bogus x", 2, "--bogus"),
        ("gctui replay --speed 0 x", 2, "'0' is not a positive number"),
        ("gctui replay --speed -1 x", 2, "'-1' is not a positive number"),
        ("gctui replay --speed nan x", 2, "'nan' is not a positive number"),
        ("gctui replay --speed fast x", 2, "'fast' is not a positive number"),
        ("gctui replay --what-if GOGC=0 x", 2, "'0' is not a positive number"),
        ("gctui replay --what-if GOGC=1e9 x", 2, "'1e9' is not a positive number"),
        ("gctui replay --what-if GOMEMLIMIT=1GB x", 2, "'1GB' is no size: 2GiB, 1500MiB"),
        ("gctui replay --what-if GOMEMLIMIT=0 x", 2, "'0' is no size"),
        ("gctui replay --what-if gogc x", 2, "'gogc' is no setting"),
        ("gctui replay --what-if heap=1 x", 2, "'heap=1' is no setting: GOGC=200"),
        ("gctui --interval 0 </dev/null", 2, "'0' is not a positive number"),
        ("gctui export --to xml x", 2, "xml"),
        ("gctui demo nosuch", 2, "'nosuch'"),
        ("gctui formats nosuch", 2, "'nosuch'"),
        ("gctui explain nosuch </dev/null", 3, "not a trace line"),
        ("gctui <&-", 2, "standard input is closed"),
        ("gctui explain - <&-", 2, "standard input is closed"),
        ("gctui explain <&-", 2, "standard input is closed"),
        ("echo nosuch | gctui explain -", 3, "not a trace line"),
        ("gctui export <&-", 2, "standard input is closed"),
    ],
)
def test_a_mistake_is_named_in_one_line(
    command: str, code: int, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell(command)
    assert done.returncode == code
    assert named in one_line(done.stderr)


@pytest.mark.parametrize("stdout", [">&-", ">/dev/full"])
@pytest.mark.parametrize(
    "command",
    [
        "gctui --version",
        "gctui --help",
        "gctui formats",
        "gctui demo --plain",
        f"gctui export {LEAK}",
        f"gctui replay --plain {LEAK}",
        f"head -1 {LEAK} | gctui explain",
        f"grep '^gc ' {LEAK} | gctui",
    ],
)
def test_an_output_that_takes_nothing_is_named(command: str, stdout: str) -> None:
    if stdout == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = shell(f"{command} {stdout}")
    assert done.returncode == 2
    assert "cannot write the output" in one_line(done.stderr)


@pytest.mark.parametrize("outputs", [">&-", "2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full"])
def test_run_gives_the_programs_code_whatever_happens_to_the_outputs(outputs: str) -> None:
    if "full" in outputs and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = shell(f"gctui run --plain sh -c 'exit 4' {outputs}")
    assert done.returncode == 4
    assert b"internal error" not in done.stderr
    assert b"Traceback" not in done.stderr
    # What is meant for standard error is not mixed into the program's own output.
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty, not a single line"),
        (b"starting\nlistening on :8080\n", "not a single trace line among 2 lines"),
        (bytes(range(256)) * 40 + os.urandom(1 << 16), "not a single trace line among "),
    ],
    ids=["empty", "text", "garbage"],
)
def test_an_input_without_a_trace_says_what_to_set(
    content: bytes, said: str, tmp_path: Path
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(content)
    for done in (gctui(log, "--plain"), gctui("--plain", stdin=content)):
        assert done.returncode == 3
        assert said in done.stdout.decode()
        assert "set GODEBUG=gctrace=1" in done.stdout.decode()
    done = gctui("export", log)
    assert done.returncode == 3
    assert "set GODEBUG=gctrace=1" in one_line(done.stderr)


def test_what_stands_before_the_damage_of_a_gz_is_shown(tmp_path: Path) -> None:
    packed = tmp_path / "leak.log.gz"
    whole = gzip.compress(LEAK.read_bytes())
    packed.write_bytes(whole[: len(whole) // 2])
    done = gctui(packed, "--plain")
    assert done.returncode == 2
    assert f"{packed}: damaged gzip data after " in one_line(done.stderr)
    assert b"collections in" in done.stdout
    done = gctui("export", packed)
    assert done.returncode == 2
    assert "damaged gzip data after " in one_line(done.stderr)
    assert done.stdout.count(b'"kind":"gc"') > 10
    with Terminal(f"gctui {packed}") as terminal:
        terminal.wait_for("■ .*damaged")
        terminal.wait_for(r"GC #\d+ .*live \d+ MiB")
        terminal.press("q")
        assert terminal.exit_code() == 2
        assert terminal.restored
        assert "damaged gzip data after " in terminal.text()


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    log = tmp_path / "secret.log"
    log.write_bytes(LEAK.read_bytes())
    log.chmod(0)
    as_anybody = ""
    if os.access(log, os.R_OK):
        # Root may read every file, unless it gives that up.
        if not shutil.which("setpriv"):
            pytest.skip("root may read every file, and there is no setpriv")
        as_anybody = "setpriv --bounding-set=-dac_override,-dac_read_search "
    done = shell(f"{as_anybody}gctui {log}")
    assert done.returncode == 2
    assert "secret.log: cannot be opened: Permission denied" in one_line(done.stderr)


def test_a_name_cannot_act_on_the_terminal() -> None:
    done = gctui("evil\x1b]0;title\x07\nsecond line.log")
    assert done.returncode == 2
    assert "second line.log" in one_line(done.stderr)
    assert not {0x1B, 0x07} & set(done.stderr)


def test_a_reader_that_goes_away_is_no_failure_to_talk_about(tmp_path: Path) -> None:
    log = tmp_path / "big.log"
    log.write_bytes(LEAK.read_bytes() * 500)
    for command in ("export", "formats"):
        with subprocess.Popen(
            ["gctui", command, *([log] if command == "export" else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            if command == "export":
                assert process.stdout.readline().startswith(b'{"kind":')
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(PATIENCE_S) == 128 + 13


@dataclass
class AtTerminal:
    command: str
    code: int
    said: str


@pytest.mark.parametrize(
    "case",
    [
        AtTerminal("gctui", 2, "GODEBUG=gctrace=1 ./app 2>&1 | gctui"),
        AtTerminal("gctui --plain", 2, "standard input is a terminal"),
        AtTerminal("gctui --ascii", 2, "standard input is a terminal"),
        AtTerminal("gctui explain", 2, "gctui explain 'gc 1 "),
    ],
    ids=lambda case: case.command,
)
def test_a_terminal_on_standard_input_is_not_a_log(case: AtTerminal) -> None:
    with Terminal(case.command) as terminal:
        assert terminal.exit_code() == case.code
        assert case.said in terminal.text()
        assert not terminal.alternate


def test_a_process_left_behind_does_not_hang_the_end_and_is_said() -> None:
    done = shell("gctui run --plain -- sh -c '(sleep 30; echo late >&2) & echo now >&2; exit 3'")
    assert done.returncode == 3
    assert b"now\n" in done.stderr
    assert b"a process that it left behind still held its output" in done.stderr
