"""A log read in pieces by several processes is what one process makes of it, byte for byte."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from gctui.events import Event
from gctui.report.jsonl import json_lines
from gctui.session import pieces
from gctui.session.parallel import ParallelLog, ReadAhead
from gctui.session.pieces import can_read_in_processes
from gctui.trace.scanner import Scanner
from tests.corpus_files import SAMPLES, read_log, sample_logs
from tests.end_to_end.commands import PATIENCE_S, environment, gctui
from tests.model.test_assignment import line as line_of

pytestmark = pytest.mark.skipif(not can_read_in_processes(), reason="reads in one process here")

LEAK = (SAMPLES / "demo" / "leak.log").read_bytes()
PORTION_BYTES = 4096
PIECE_BYTES = 4 * PORTION_BYTES


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Borders everywhere: what happens once in megabytes happens all the time."""
    monkeypatch.setattr(pieces, "PORTION_BYTES", PORTION_BYTES)
    monkeypatch.setattr(pieces, "PIECE_BYTES", PIECE_BYTES)
    monkeypatch.setattr(pieces, "LAST_PIECE_BYTES", PORTION_BYTES)
    yield


def encode(portions: Iterable[Sequence[Event]]) -> bytes:
    return b"".join(b"".join(json_lines(events)) for events in portions)


def by_one(data: bytes) -> bytes:
    scanner = Scanner()
    portions = (data[at : at + PORTION_BYTES] for at in range(0, len(data), PORTION_BYTES))
    made = encode(scanner.feed(portion) for portion in portions)
    return made + encode([scanner.finish()])


def by_several(path: Path, begun_bytes: int = PIECE_BYTES) -> tuple[bytes, int]:
    """Return what several processes make of a log, and how many pieces were read twice."""
    scanner = Scanner()
    with path.open("rb", buffering=0) as file:
        portions = [file.read(PORTION_BYTES) for _ in range(begun_bytes // PORTION_BYTES)]
        made = [encode([scanner.feed(portion)]) for portion in portions]
        log = ParallelLog(scanner, file.fileno(), path.stat().st_size, encode, jobs=2)
        made += [p.encoded if isinstance(p, ReadAhead) else encode([p]) for p in log.parts()]
    return b"".join(made), log.missed


def same(path: Path, data: bytes) -> int:
    path.write_bytes(data)
    made, missed = by_several(path)
    assert made == by_one(data)
    return missed


@pytest.mark.usefixtures("small_pieces")
def test_every_sample_again_and_again(tmp_path: Path) -> None:
    """Whatever is torn, wrapped, folded or in another form: also across every border."""
    for sample in sample_logs():
        data = read_log(sample)
        same(tmp_path / "app.log", data * (1 + 3 * PIECE_BYTES // max(1, len(data))))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("seed", range(4))
def test_lines_of_all_samples_in_any_order(tmp_path: Path, seed: int) -> None:
    """Lines of all forms, damaged, glued, endless, wrapped: each piece begins as it can."""
    draw = random.Random(seed)
    lines = [line for path in sample_logs() for line in read_log(path).split(b"\n")]
    made: list[bytes] = []
    while sum(map(len, made)) < 10 * PIECE_BYTES:
        block = draw.choices(lines, k=draw.choice([1, 5, 50]))
        for line in block * draw.choice([1, 1, 20]):
            cut = draw.randrange(len(line) + 1)
            damaged = [line, line, line, line[:cut] + b"\n" + line[cut:], line[:cut], b"x" + line]
            made.append(draw.choice(damaged) + b"\n" * (draw.random() > 0.02))
    same(tmp_path / "app.log", b"".join(made))


@pytest.mark.usefixtures("small_pieces")
def test_what_serves_is_not_read_twice(tmp_path: Path) -> None:
    assert same(tmp_path / "app.log", LEAK * 20) == 0
    talk = b"2026/05/04 11:32:10 handled GET /items/1 in 12.25ms\n"
    mixed = b"".join(line + b"\n" + talk for line in LEAK.split(b"\n") if line)
    assert same(tmp_path / "app.log", mixed * 20) == 0


_OTHERS_S = """
import resource, sys
from gctui.cli.main import main
main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime)
"""


@pytest.mark.usefixtures("small_pieces")
def test_a_line_longer_than_anything_and_utf_16(tmp_path: Path) -> None:
    long = LEAK * 4 + b"long " * 500_000 + b"\n" + LEAK * 4
    assert same(tmp_path / "app.log", long) > 0
    same(tmp_path / "app.log", ("\ufeff" + LEAK.decode() * 4).encode("utf-16-le"))


def big_log(path: Path) -> bytes:
    """Write one run: of many starts, which have to be told apart, no export is read ahead."""
    data = b"".join(line_of(n, 0.1 * n, 2, 4) for n in range(1, 300_000))
    path.write_bytes(data)
    return data


def test_an_export_of_many_starts_is_made_by_one_process(tmp_path: Path) -> None:
    """Each start has to be told apart: what others read ahead would be read again."""
    once, often = tmp_path / "once.log", tmp_path / "often.log"
    big_log(once)
    often.write_bytes(b"".join(line_of(n, 0.1 * n, 2, 4) for n in range(1, 3000)) * 100)
    counted = []
    for log in (once, often):
        export = (sys.executable, "-c", _OTHERS_S, "export", log, "--jobs", "2", "--out")
        done = subprocess.run([*export, tmp_path / "rows"], capture_output=True, check=True)
        counted.append(float(done.stdout))
    assert counted[0] > 0.1
    assert counted[1] == 0


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_jobs_make_no_difference_to_an_export(tmp_path: Path, form: str) -> None:
    log = tmp_path / "app.log"
    big_log(log)
    one, two = (
        gctui("export", log, "--to", form, "--kind", "gc", "--jobs", jobs) for jobs in ("1", "2")
    )
    assert (one.returncode, two.returncode) == (0, 0)
    assert two.stdout == one.stdout
    refused = gctui("export", log, "--jobs", "0")
    assert (refused.returncode, refused.stderr.count(b"\n")) == (2, 1)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_behind(tmp_path: Path, sent: signal.Signals) -> None:
    log = tmp_path / "app.log"
    big_log(log)
    with subprocess.Popen(
        ["gctui", "export", log, "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        until = time.monotonic() + PATIENCE_S
        while len(group := _members(process.pid)) < 3 and time.monotonic() < until:
            process.stdout.read(1 << 16)
        assert len(group) >= 3
        if sent is signal.SIGINT:
            os.killpg(process.pid, sent)
        else:
            process.send_signal(sent)
        process.stdout.close()
        process.wait(PATIENCE_S)
        while _members(process.pid) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _members(process.pid)
        assert process.stderr.read() == b""


def _members(group: int) -> list[int]:
    """Return the processes of a group that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def test_a_closed_output_ends_it(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    big_log(log)
    done = subprocess.run(
        ["/bin/sh", "-c", f"gctui export '{log}' --jobs 2 | head -c 100 | wc -c"],
        capture_output=True,
        env=environment(),
        start_new_session=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (b"100", b"")
