from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from gctui.sources.drain import Drain
from gctui.sources.drain_process import DrainProcess, begin_draining
from gctui.sources.spool import Channel, Chunk, Spool, SpoolReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.usefixtures("no_descriptor_leaks", "no_processes_left"),
    pytest.mark.skipif(sys.platform != "linux", reason="a thread drains there"),
    # The tests have threads, none of which holds what the process needs.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
PATIENCE_S = 30.0


@pytest.fixture
def no_processes_left() -> Iterator[None]:
    """Fail a test after which a process is left, be it a zombie."""
    before = psutil.Process().children()
    yield
    until_s = time.monotonic() + 2
    while psutil.Process().children() != before and time.monotonic() < until_s:
        gc.collect()
        time.sleep(0.01)
    assert psutil.Process().children() == before


def wait_until(happened: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def chunks(spool: SpoolReader) -> Iterator[Chunk]:
    while not spool.finished:
        if chunk := spool.get(timeout_s=PATIENCE_S):
            yield chunk


def everything(spool: SpoolReader) -> dict[Channel, bytes]:
    received: dict[Channel, bytes] = {}
    for chunk in chunks(spool):
        received[chunk.channel] = received.get(chunk.channel, b"") + chunk.data
    return received


def numbered(size_bytes: int) -> bytes:
    return b"".join(b"%07d\n" % number for number in range(size_bytes // 8))


def writing(into: int, data: bytes) -> threading.Thread:
    """Write, then close."""

    def write() -> None:
        with os.fdopen(into, "wb", buffering=0) as pipe:
            view = memoryview(data)
            while view:
                view = view[pipe.write(view) or 0 :]

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    return writer


def test_several_pipes_are_drained_to_their_ends() -> None:
    read_out, write_out = os.pipe()
    read_err, write_err = os.pipe()
    spool = Spool(began_ago_s=100)
    process = DrainProcess({read_out: Channel.STDOUT, read_err: Channel.STDERR}, spool)
    assert process.get(timeout_s=0) is None
    assert process.is_alive()
    os.write(write_out, b"to stdout")
    first = process.get(timeout_s=PATIENCE_S)
    assert first
    assert (first.channel, first.data) == (Channel.STDOUT, b"to stdout")
    assert 100 < first.received_s < process.now_s() < 100 + PATIENCE_S
    os.close(write_out)
    data = numbered(4_000_000)
    writing(write_err, data)
    rest = list(chunks(process))
    assert b"".join(chunk.data for chunk in rest) == data
    assert {chunk.channel for chunk in rest} == {Channel.STDERR}
    times_s = [first.received_s, *(chunk.received_s for chunk in rest)]
    assert times_s == sorted(times_s)
    assert process.finished
    assert not process.is_alive()
    assert process.held_bytes == 0
    process.stop()
    process.join()
    assert process.get(timeout_s=None) is None


def test_a_full_spool_is_told_and_nothing_of_it_is_lost() -> None:
    read_end, write_end = os.pipe()
    spool = Spool(memory_limit_bytes=100_000, disk_limit_bytes=400_000)
    process = DrainProcess({read_end: Channel.STDIN}, spool)
    data = numbered(6_000_000)
    writer = writing(write_end, data)
    wait_until(lambda: process.writer_waits)
    assert 1_000_000 < process.held_bytes < 5_000_000
    assert writer.is_alive()
    assert everything(process) == {Channel.STDIN: data}
    writer.join(PATIENCE_S)
    assert not process.writer_waits


def test_the_writer_goes_on_while_nobody_reads() -> None:
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDIN}, Spool(memory_limit_bytes=1_000_000))
    data = numbered(12_000_000)
    writing(write_end, data).join(PATIENCE_S)
    wait_until(lambda: process.held_bytes == len(data))
    # All is read, though nobody has taken any of it.
    process.join(PATIENCE_S)
    assert not process.is_alive()
    assert not process.finished
    assert everything(process) == {Channel.STDIN: data}


def test_stopping_keeps_what_lies_in_the_pipe() -> None:
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDERR}, Spool(1, 1))
    data = numbered(800_000)
    os.write(write_end, data)
    process.stop()
    process.stop()
    process.join(PATIENCE_S)
    assert not process.is_alive()
    assert everything(process) == {Channel.STDERR: data}
    with pytest.raises(BrokenPipeError):
        os.write(write_end, b"more")
    os.close(write_end)


def test_no_signal_that_can_be_ignored_reaches_it() -> None:
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDERR}, Spool())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT}:
        os.kill(process.pid, number)
    wait_until(lambda: os.getsid(process.pid) == process.pid)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()
    os.write(write_end, b"still there")
    os.close(write_end)
    assert everything(process) == {Channel.STDERR: b"still there"}


def test_it_has_nothing_open_but_what_it_needs() -> None:
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDERR}, Spool())
    os.write(write_end, b"x")
    assert process.get(timeout_s=PATIENCE_S)
    other = psutil.Process(process.pid)
    assert other.name() == "gctui-drain"
    links = [Path(f"/proc/{process.pid}/fd/{each}").readlink() for each in range(3)]
    assert links == [Path("/dev/null")] * 3
    # What it reads, its ends of three pipes, and the pipe by which its drain is woken.
    assert other.num_fds() == 3 + 1 + 3 + 2
    os.close(write_end)
    assert everything(process) == {}


def test_nothing_is_left_of_one_that_nobody_wants() -> None:
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDERR}, Spool())
    os.write(write_end, b"never read")
    del process
    with pytest.raises(BrokenPipeError):
        os.write(write_end, b"nobody reads")
    os.close(write_end)


def test_when_it_is_killed_a_thread_goes_on_and_the_gap_is_told() -> None:
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDERR}, Spool())
    os.write(write_end, b"one\n")
    assert process.get(timeout_s=PATIENCE_S)
    os.kill(process.pid, signal.SIGKILL)
    os.write(write_end, b"three\n")
    taken = b""
    while not taken.endswith(b"three\n"):
        chunk = process.get(timeout_s=PATIENCE_S)
        assert chunk
        taken += chunk.data
    assert b"\ngctui: the process that drained this output has failed; " in taken
    assert process.is_alive()
    assert process.held_bytes == 0
    os.write(write_end, b"four")
    process.stop()
    process.join(PATIENCE_S)
    assert not process.is_alive()
    assert everything(process) == {Channel.STDERR: b"four"}
    os.close(write_end)


def test_a_temporary_file_that_fails_costs_what_it_held_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def take(_: object) -> bytes:
        raise OSError("the disk is gone")

    monkeypatch.setattr("gctui.sources.overflow.OverflowFile.take", take)
    read_end, write_end = os.pipe()
    process = DrainProcess({read_end: Channel.STDERR}, Spool(memory_limit_bytes=1))
    monkeypatch.undo()
    writer = writing(write_end, numbered(8_000_000))
    # More than the pipe to here holds, so that the file is in use.
    wait_until(lambda: process.held_bytes > 3_000_000 or not process.is_alive())
    received = everything(process)[Channel.STDERR]
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    assert b"\ngctui: the process that drained this output has failed; " in received


def test_beside_other_threads_a_thread_drains() -> None:
    read_end, write_end = os.pipe()
    goes_on = threading.Event()
    other = threading.Thread(target=goes_on.wait)
    other.start()
    given = Spool()
    spool, drain = begin_draining({read_end: Channel.STDERR}, given)
    goes_on.set()
    other.join()
    assert spool is given
    assert isinstance(drain, Drain)
    os.write(write_end, b"read")
    os.close(write_end)
    assert everything(spool) == {Channel.STDERR: b"read"}
    drain.join(PATIENCE_S)
