"""`--record`, with real Go programs: what was kept is what came, and its replay tells the same."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from tests.go_toolchain import compiled
from tests.sources.serving import SOURCE

from .commands import PATIENCE_S, contents, environment, gctui, shell
from .terminal import Terminal


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def summary_of(said: bytes) -> list[str]:
    """Return the lines of a summary, its headline and the recording's left out."""
    lines = said.decode().splitlines()
    begin = max(i for i, line in enumerate(lines) if line.startswith("gctui: "))
    return [line for line in lines[begin + 1 :] if not line.startswith("  record")]


def headline_of(said: bytes) -> str:
    found = re.findall(r"^gctui: .*?(\d+ collections.*)$", said.decode(), re.MULTILINE)
    return str(found[-1])


def test_a_run_is_replayed_with_the_same_figures(app: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    live = shell(f"gctui run --plain --record {path} -- {app} -for 3s -code 4")
    assert live.returncode == 4
    assert f"  recorded to {path}" in live.stderr.decode()
    again = gctui("replay", "--plain", path)
    assert again.returncode == 0, again.stderr
    assert summary_of(again.stdout) == summary_of(live.stderr)
    counted = headline_of(live.stderr).removesuffix("; exited with 4")
    assert headline_of(again.stdout) == f"{counted}; end of recording: exited with 4"
    if "goroutines" in live.stderr.decode():
        assert re.search(r"goroutines +\d+: ", again.stdout.decode())

    header, *rows, end = rows_of(path)
    assert header["label"] == f"{shlex.split(app)[0]} -for 3s -code 4"
    assert header["godebug"] == "gctrace=1,scavtrace=1"
    assert end["how"] == "exited with 4"
    stdout = [row["text"] for row in rows if row.get("source") == "stdout"]
    assert "\n".join(stdout).encode() + b"\n" == live.stdout
    assert {"gc", "scav", "text", "process"} <= {row["kind"] for row in rows}
    assert_exported(path, rows)


def assert_exported(path: Path, rows: list[dict[str, Any]]) -> None:
    """The export has the same events, less what only a replay needs."""
    done = gctui("export", path)
    assert done.returncode == 0, done.stderr
    exported = [json.loads(line) for line in done.stdout.splitlines()]
    kept = [row for row in rows if row["kind"] != "recording"]
    assert Counter(row["kind"] for row in exported) == Counter(row["kind"] for row in kept)
    for row, whole in zip(exported, kept, strict=True):
        assert row == {name: whole[name] for name in whole if name not in {"raw", "range"}}


def test_a_raw_recording_has_both_outputs_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    script = r"""
        for i in 1 2 3; do
            printf 'out %d \377\033[1m' $i; sleep 0.1
            printf 'err %d\n\000' $i >&2; sleep 0.1
        done
    """
    done = shell(f"gctui run --plain --record {path} -- sh -c {shlex.quote(script)}")
    assert done.returncode == 0
    out = [b"out %d \xff\x1b[1m" % i for i in (1, 2, 3)]
    err = [b"err %d\n\0" % i for i in (1, 2, 3)]
    assert path.read_bytes() == b"".join(one + other for one, other in zip(out, err, strict=True))
    assert done.stdout == b"".join(out)


@pytest.mark.parametrize("name", ["x.jsonl", "x.log"])
def test_both_kinds_replay_to_the_state_that_the_run_had(name: str, tmp_path: Path) -> None:
    path, collections = tmp_path / name, 400
    torrent = compiled(Path(__file__).with_name("torrent.go"))
    run = f"gctui run --plain --no-counters --record {path}"
    live = shell(f"{run} -- {torrent} {collections} >{tmp_path}/out")
    assert live.returncode == 0
    again = gctui("replay", "--plain", path)
    for said in (live.stderr, again.stdout):
        assert headline_of(said).startswith(f"{collections} collections ({collections} forced)")
        assert not re.search(b"looks? like (a )?trace line", said)
    for part in ("  pauses ", "  heap ", "  program "):
        assert told_by(again.stdout, part) == told_by(live.stderr, part) != []

    rows = [json.loads(line) for line in gctui("export", path).stdout.splitlines()]
    assert [row["n"] for row in rows if row["kind"] == "gc"] == [*range(1, collections + 1)]
    texts = [row["text"] for row in rows if row["kind"] == "text"]
    # In a raw file a trace line may stand within one of the program's, as on a terminal.
    assert "".join(texts) == (tmp_path / "out").read_text().replace("\n", "")


def told_by(said: bytes, part: str) -> list[str]:
    lines = [line for line in summary_of(said) if line.startswith(part)]
    # The present of a live run is later than its last collection, over which a rate is counted.
    return [re.sub(", allocates .*", "", line) for line in lines]


def test_a_pipe_is_kept_byte_for_byte(app: str, tmp_path: Path) -> None:
    path, sent = tmp_path / "x.log", tmp_path / "sent"
    source = f"GODEBUG=gctrace=1 {app} -for 1s 2>&1; head -c 3000000 /dev/urandom"
    live = shell(f"({source}) | tee {sent} | gctui --plain --no-counters --record {path}")
    assert live.returncode == 0
    assert path.read_bytes() == sent.read_bytes()
    again = gctui(path, "--plain")
    assert re.findall(rb"\d+ collections", again.stdout) == re.findall(
        rb"\d+ collections", live.stdout
    )


def test_a_pipes_events_are_kept_with_the_samples_of_its_program(app: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    live = shell(f"GODEBUG=gctrace=1 {app} -for 2s 2>&1 | gctui --plain --record {path}")
    assert live.returncode == 0
    again = gctui(path, "--plain")
    assert summary_of(again.stdout) == summary_of(live.stdout)
    assert {row.get("source") for row in rows_of(path) if row["kind"] == "gc"} == {"stdin"}


def test_on_the_screen_too(app: str, tmp_path: Path) -> None:
    command = f"gctui run --record x.jsonl -- {app} -for 5m > out"
    with Terminal(command, cwd=tmp_path, width=160) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.wait_for(r"queue \d+ is long")
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        assert terminal.exit_code() == 0
        assert "recorded to x.jsonl" in terminal.text()
    rows = rows_of(tmp_path / "x.jsonl")
    stdout = [row["text"] for row in rows if row.get("source") == "stdout"]
    assert (tmp_path / "out").read_text().splitlines() == stdout
    with Terminal("gctui x.jsonl", cwd=tmp_path, width=160) as terminal:
        terminal.wait_for("■ end of recording")
        header = terminal.text().partition("\n")[0]
        assert f"pid {rows[0]['pid']}" in header
        assert "GODEBUG=gctrace=1,scavtrace=1" in header
        terminal.wait_for(r"RSS [\d.]+ MiB")
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_a_recording_is_played_at_its_pace(app: str, tmp_path: Path) -> None:
    shell(f"gctui run --plain --record {tmp_path}/x.jsonl -- {app} -for 4s")
    with Terminal("gctui x.jsonl --speed 2", cwd=tmp_path) as terminal:
        terminal.wait_for(r"▶ playing \d+%")
        terminal.wait_for(r"GC #\d+ ")
        assert "▶ playing" in terminal.text()
        terminal.wait_for("■ end of recording")
        terminal.press("q")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize("name", ["x.jsonl", "x.log"])
def test_a_full_disk_ends_the_recording_and_nothing_else(
    app: str, name: str, tmp_path: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (tmp_path / name).symlink_to("/dev/full")
    done = shell(f"gctui run --plain --record {tmp_path}/{name} -- {app} -for 2s -code 5")
    assert done.returncode == 5
    assert "recording failed: No space left on device" in done.stderr.decode()
    assert b"served everybody" in done.stdout
    assert re.search(rb"\d\d+ collections", done.stderr)


def test_what_was_written_before_the_disk_was_full_is_replayed(app: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    run = f"gctui run --plain --no-counters --record {path} -- {app} -for 3s"
    done = shell(f"ulimit -f 24; {run}")
    assert done.returncode == 0
    assert "recording failed: File too large" in done.stderr.decode()
    again = gctui(path, "--plain")
    assert again.returncode == 0
    assert re.search(rb"[1-9]\d* collections?.*; recording cut short", again.stdout)


def test_killed_gctui_leaves_all_but_the_last_second(app: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with subprocess.Popen(
        ["gctui", "run", "--plain", "--record", path, "--", *shlex.split(app), "-for", "1m"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as process:
        try:
            deadline_s = time.monotonic() + PATIENCE_S
            while contents(path).count('"kind":"gc"') < 10:
                assert time.monotonic() < deadline_s
                time.sleep(0.05)
        finally:
            killed = datetime.now(UTC)
            process.kill()
    lines = path.read_bytes().splitlines()
    last = json.loads(lines[-2])
    assert (killed - datetime.fromisoformat(last["received"])).total_seconds() < 1
    again = gctui(path, "--plain")
    assert again.returncode == 0
    assert f"recording cut short after line {len(lines)}" in again.stdout.decode()
    assert_ends(json.loads(lines[0])["pid"])


def assert_ends(pid: int) -> None:
    """The program that was left alone ends when it writes, as its pipe has no reader."""
    deadline_s = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    if Path(f"/proc/{pid}").exists():
        os.kill(pid, signal.SIGKILL)


def test_a_program_attached_to(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    parked = str(compiled(Path(__file__).with_name("parked.go")))
    with subprocess.Popen([parked, "3"]) as process:
        live = shell(f"gctui attach --plain --record {path} {process.pid}")
    if live.returncode == 2:
        pytest.skip(live.stderr.decode())
    assert live.returncode == 0
    again = gctui(path, "--plain")
    assert again.returncode == 0
    assert summary_of(again.stdout) == summary_of(live.stdout)
    assert b"main.main at " in again.stdout
    header, *rows, end = rows_of(path)
    assert header["pid"] == process.pid
    headers = [row for row in (header, *rows) if row["kind"] == "recording"]
    assert headers[-1]["go_version"].startswith("go1.")
    assert end["how"] == "the program has ended"
    assert gctui("export", path).returncode == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def settled(look: Callable[[], list[str]]) -> list[str]:
    """Return what is seen once it stays: a terminal shows a frame while it is written, too."""
    seen = look()
    while True:
        time.sleep(0.5)
        before, seen = seen, look()
        if seen == before:
            return seen


def functions_of(terminal: Terminal) -> list[str]:
    """Return the functions of the profile tab and their files, without figures."""
    return [re.sub(r"^.* (?=\S+ +\S+$)", "", line) for line in tab_of(terminal)]


def tab_of(terminal: Terminal) -> list[str]:
    """Return the rows of the list at the bottom of the screen, its heading left out."""
    lines = terminal.text().splitlines()
    begin = max(i for i, line in enumerate(lines) if "Goroutines" in line and "Profile" in line)
    return [line.rstrip() for line in lines[begin + 2 : -1] if line.strip()]


def test_a_servers_profiles_are_replayed_on_the_screen(tmp_path: Path) -> None:
    port = free_port()
    served = f"{compiled(SOURCE)} {port}"
    run = f"gctui run --no-counters --pprof :{port} --record x.jsonl -- {served}"
    with Terminal(run, cwd=tmp_path, width=160) as terminal:
        terminal.wait_for("● live")
        terminal.press("f")
        terminal.wait_for("main.keep")
        profile = settled(lambda: functions_of(terminal))
        assert len(profile) > 3
        terminal.press("g")
        terminal.wait_for(r"7 .* main\.parked")
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        terminal.exit_code()
    with Terminal("gctui x.jsonl", cwd=tmp_path, width=160) as terminal:
        terminal.wait_for("■ end of recording")
        terminal.press("f")
        terminal.wait_for("main.keep")
        terminal.wait_for(lambda: functions_of(terminal) == profile)
        terminal.press("g")
        terminal.wait_for(r"7 .* main\.parked")
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_a_servers_profiles_are_replayed_in_the_summary(tmp_path: Path) -> None:
    port, path = free_port(), tmp_path / "x.jsonl"
    served = f"timeout -s INT 4 {compiled(SOURCE)} {port}"
    live = shell(f"gctui run --plain --no-counters --pprof :{port} --record {path} -- {served}")
    again = gctui("replay", "--plain", path)
    assert again.returncode == 0, again.stderr
    summary, replayed = summary_of(live.stderr), summary_of(again.stdout)
    about_run = [*takewhile(lambda line: "inuse_space" not in line, summary)]
    assert any("main.parked" in line for line in about_run)
    assert replayed[: len(about_run)] == about_run
    assert any("main.keep" in line for line in replayed[len(about_run) :])
    exported = [json.loads(line) for line in gctui("export", path).stdout.splitlines()]
    heaps = [row for row in exported if row.get("default_type") == "inuse_space"]
    assert heaps[0]["totals"]["inuse_space"] >= 20 << 20
    assert heaps[0]["units"]["inuse_space"] == "bytes"
    assert not any("page" in row for row in exported)


def test_who_killed_it_is_advised_of_again(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    live = shell(f"gctui run --plain --record {path} -- sh -c 'echo hi; kill -9 $$'")
    again = gctui("replay", "--plain", path).stdout.decode()
    assert "; end of recording: killed by SIGKILL\n" in again
    ends = [
        re.findall(r"^  end +! .*", said, re.MULTILINE) for said in (live.stderr.decode(), again)
    ]
    assert len(ends[0]) == 1
    assert ends[0] == ends[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("name", ["x.log", "x.jsonl"])
def test_a_standard_output_that_takes_nothing_is_told(name: str, tmp_path: Path) -> None:
    written = "sh -c 'seq 50000; exit 3'"
    run = shell(f"gctui run --plain --record {tmp_path / name} -- {written} >/dev/full")
    assert run.returncode == 3
    said = [line for line in run.stderr.decode().splitlines() if "standard output" in line]
    assert len(said) == 1
    assert said[0].endswith("No space left on device; the recording has all of it")
    assert "50000" in contents(tmp_path / name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_standard_output_that_takes_nothing_is_told_after_the_screen(tmp_path: Path) -> None:
    written = "sh -c 'seq 50; exit 4'"
    with Terminal(f"gctui run --record {tmp_path / 'x'} -- {written} >/dev/full") as terminal:
        terminal.wait_for("exited with 4")
        terminal.press("q")
        assert terminal.exit_code() == 4
        assert "No space left on device" in terminal.text()


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    written = "sh -c 'seq 500000; exit 3'"
    run = shell(f"gctui run --plain --record {tmp_path / 'x'} -- {written} | head -1")
    assert run.stdout == b"1\n"
    assert b"standard output" not in run.stderr
