from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gctui.model.program import GoProgram
from gctui.sources.inside import programs
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.go_binaries import build_of
from gctui.sources.inside.permission import NOT_LINUX
from gctui.sources.inside.programs import find_program, go_process_in_tree, go_programs
from tests.go_toolchain import compiled, go_command

SOURCE = Path(__file__).parent / "programs" / "idle.go"
MIB = 1 << 20
PATIENCE_S = 60.0
NOBODY = 65534

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The path of idle.go's binary under a name that no other program here has."""
    named = tmp_path / f"app{time.monotonic_ns() % 10**9}"
    shutil.copy(compiled(SOURCE), named)
    return named


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command that prints a line when it is up; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str | Path, says: bytes = b"up\n", **how: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **how)  # type: ignore[call-overload]
        started.append(process)
        assert process.stdout.readline() == says
        return process  # type: ignore[no-any-return]

    yield start
    for process in started:
        process.communicate()


def listed(pid: int) -> GoProgram | None:
    return next((each for each in go_programs().programs if each.pid == pid), None)


def test_what_runs_is_listed_the_largest_first(app: Path, start: Start) -> None:
    small, large = start(app), start(app, "b\xe4d\n\udcff")
    listing = go_programs()
    assert [each.pid for each in listing.programs if each.pid in {small.pid, large.pid}] == [
        large.pid,
        small.pid,
    ]
    assert os.getpid() not in {each.pid for each in listing.programs}
    program = listed(large.pid)
    assert program
    assert program.command == (str(app), "b\xe4d\n\udcff")
    assert program.go_version.startswith("go1.")
    assert program.package == "command-line-arguments"
    assert program.rss_bytes
    assert 32 * MIB < program.rss_bytes < 200 * MIB
    assert program.threads
    assert program.threads > 1
    assert program.up_s is not None
    assert 0 <= program.up_s < PATIENCE_S
    if os.geteuid() == 0:
        assert program.user == "root"
        assert program.unreadable == ""


def test_a_program_whose_file_is_gone_is_listed_and_one_that_ended_is_not(
    app: Path, start: Start
) -> None:
    process = start(app)
    app.unlink()
    assert listed(process.pid)
    assert find_program(app.name).pid == process.pid
    assert process.stdin
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    # Its parent, we, have not taken note of it yet.
    assert listed(process.pid) is None
    with pytest.raises(CannotRead, match=f"process {process.pid} has ended"):
        find_program(str(process.pid))
    process.stdin = None


def test_a_process_that_becomes_a_program_is_known_by_what_it_is_now(
    app: Path, start: Start
) -> None:
    shell = start("sh", "-c", f"echo shell; read go; exec {app}", says=b"shell\n")
    assert build_of(shell.pid) is None
    assert go_process_in_tree(shell.pid) is None
    assert shell.stdin
    assert shell.stdout
    shell.stdin.write(b"\n")
    shell.stdin.flush()
    assert shell.stdout.readline() == b"up\n"
    assert build_of(shell.pid) is not None
    assert go_process_in_tree(shell.pid) == shell.pid


def made_proc(base: Path, binary: Path) -> Path:
    """A /proc with one process that runs `binary`, beside ours, a plain user's."""
    for pid in ("42", "self"):
        (base / pid).mkdir(parents=True)
        (base / pid / "uid_map").write_text("0 0 4294967295\n")
        (base / pid / "status").write_text(
            f"Uid:\t{'1000 ' * 4}\nGid:\t{'1000 ' * 4}\nCapPrm:\t0\nCapEff:\t0\n"
            "CapBnd:\t1ffffffffff\nNoNewPrivs:\t0\nPPid:\t1\nVmRSS:\t    64 kB\n"
        )
    os.chown(base / "42" / "status", 1000, 1000)
    (base / "42" / "stat").write_text(f"42 (app) S 1 42 42 0 -1 0 {'0 ' * 12} 5 0 0\n")
    (base / "42" / "cmdline").write_bytes(b"app\0")
    (base / "42" / "exe").symlink_to(binary)
    (base / "42" / "mem").write_bytes(b"..m")
    (base / "42" / "maps").write_text("8-9 ---p 0 0:0 0\n2-3 r-xp 0 0:0 0\n")
    return base


def only_program(proc: Path) -> GoProgram:
    (program,) = go_programs(proc=proc).programs
    return program


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file away needs root")
def test_the_reason_is_the_setting_and_reads_the_same_for_all(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc = made_proc(tmp_path / "proc", app)
    assert only_program(proc).unreadable == ""
    assert only_program(proc).rss_bytes == 64 << 10
    (proc / "sys" / "kernel" / "yama").mkdir(parents=True)
    (proc / "sys" / "kernel" / "yama" / "ptrace_scope").write_text("1\n")
    really_open = os.open

    def refusing(path: str, *how: int) -> int:
        if path == f"{proc}/42/mem":
            raise PermissionError
        return really_open(path, *how)

    monkeypatch.setattr(os, "open", refusing)
    why = only_program(proc).unreadable
    assert "ptrace_scope = 1" in why
    assert "sudo gctui attach PID" in why
    assert "42" not in why


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file away needs root")
@pytest.mark.parametrize(
    ("place", "data", "says"),
    [
        (b"go1.", b"go1.1", "built with go1.1"),
        (None, (22).to_bytes(2, "little"), "a program for s390: amd64 and arm64"),
    ],
    ids=["old", "another machine"],
)
def test_programs_that_are_never_read_say_why(
    place: bytes | None, data: bytes, says: str, app: Path, tmp_path: Path
) -> None:
    image = bytearray(app.read_bytes())
    # The version stands behind the build info's header of 32 bytes and its own length.
    at = 18 if place is None else image.index(place, image.index(b"\xff Go buildinf:\x08\x02"))
    image[at : at + len(data)] = data
    if place is not None:
        # go1.27.3 has become go1.17.3.
        assert bytes(image[at : at + 8]).startswith(b"go1.1")
    other = tmp_path / "other"
    other.write_bytes(image)
    assert says in only_program(made_proc(tmp_path / "proc", other)).unreadable


@pytest.mark.parametrize("size", [0, 3, 63, 64, 200, 5000])
def test_a_binary_cut_short_is_no_program(size: int, app: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(app.read_bytes()[:size])
    proc = tmp_path / "proc"
    (proc / "42").mkdir(parents=True)
    (proc / "42" / "exe").symlink_to(broken)
    assert build_of(42, proc) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_others_programs_are_counted_and_not_guessed(app: Path, start: Start) -> None:
    process = start(app)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        listing = go_programs()
        try:
            why = str(find_program(str(process.pid)))
        except CannotRead as error:
            why = str(error)
        os.write(write_end, f"{len(listing.programs)} {listing.unknown_count} {why}".encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        count, unknown_count, why = answer.read().split(" ", 2)
    os.waitpid(child, 0)
    assert count == "0"
    # This test, the program; no thread of the kernel is among them.
    assert 2 <= int(unknown_count) <= programs_with_memory()
    assert "it runs as root and gctui as nobody" in why


def programs_with_memory() -> int:
    folders = (folder for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return sum(has_memory(folder / "status") for folder in folders) + 20


def has_memory(status: Path) -> bool:
    try:
        return "VmSize" in status.read_text()
    except (FileNotFoundError, ProcessLookupError):
        # It ended since the folder was listed.
        return False


def test_a_program_is_found_by_its_names(app: Path, start: Start) -> None:
    process = start(app)
    assert find_program(str(process.pid)).pid == process.pid
    assert find_program(app.name).pid == process.pid
    assert find_program(app.name[1:-1]).pid == process.pid
    other = start(f"/somewhere/else-{app.name}", executable=str(app))
    assert find_program(f"else-{app.name}").pid == other.pid


def test_several_are_named(app: Path, start: Start) -> None:
    started = [start(app), start(app)]
    for name, verb in ((app.name, "are called"), (app.name[:-1], "match")):
        with pytest.raises(CannotRead, match=f"^2 programs {verb} {name}: .*; give the PID$") as e:
            find_program(name)
        for process in started:
            assert f"{process.pid} (since " in str(e.value)


def test_what_is_no_program_is_named(app: Path, start: Start) -> None:
    process = start(app)
    python = Path(sys.executable).resolve().name
    with pytest.raises(CannotRead, match=f"no Go program: it is {python}"):
        find_program(str(os.getpid()))
    for number in ("4194304", "99999999999999999999", "0"):
        with pytest.raises(CannotRead, match=f"^no process {number}"):
            find_program(number)
    with pytest.raises(CannotRead, match="no Go program is called 'nosuch'") as none:
        find_program("nosuch")
    assert f"{process.pid} {app.name}" in str(none.value) or "more" in str(none.value)
    with pytest.raises(CannotRead):
        find_program("")


@pytest.mark.parametrize("kernel_lists_children", [True, False])
@pytest.mark.parametrize(
    "wrapping", ["{}", "{}; true", "env A=b {}; true", "(sh -c '{}; true'; true) & wait"]
)
def test_wrappers_are_looked_through(
    wrapping: str,
    kernel_lists_children: bool,
    app: Path,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not kernel_lists_children:
        monkeypatch.setattr(programs, "_lists_children", lambda _: False)
    # What runs in the background gets no standard input of its own.
    root = start("sh", "-c", f"exec 3<&0; {wrapping.format(f'{app} <&3')}")
    found = go_process_in_tree(root.pid)
    assert found
    assert Path(f"/proc/{found}/exe").readlink() == app


def test_the_go_command_is_looked_through(start: Start) -> None:
    go = start(go_command(), "run", SOURCE)
    assert build_of(go.pid)
    found = go_process_in_tree(go.pid)
    assert found not in {None, go.pid}
    assert Path(f"/proc/{found}/exe").readlink().name == "idle"


def test_a_tree_without_go_has_none_and_looking_is_cheap() -> None:
    assert go_process_in_tree(4194304) is None
    shell = subprocess.Popen(["sh", "-c", "read x; true"], stdin=subprocess.PIPE)
    assert go_process_in_tree(shell.pid) is None
    before_s = time.process_time()
    for _ in range(50):
        go_process_in_tree(shell.pid)
    assert (time.process_time() - before_s) / 50 < 0.005
    shell.communicate(b"\n")


def test_other_systems_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    for ask in (go_programs, lambda: find_program("app"), lambda: find_program("1")):
        with pytest.raises(CannotRead) as refused:
            ask()
        assert str(refused.value) == NOT_LINUX
