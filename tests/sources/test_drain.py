from __future__ import annotations

import os
import pty
import threading
import time
import tty
from typing import TYPE_CHECKING

import pytest

from gctui.sources.drain import Drain
from gctui.sources.spool import Channel, Spool

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")


def everything(spool: Spool) -> dict[Channel, bytes]:
    received: dict[Channel, bytes] = {}
    while not spool.finished:
        if chunk := spool.get(timeout_s=5):
            received[chunk.channel] = received.get(chunk.channel, b"") + chunk.data
    return received


def running(descriptors: dict[int, Channel], spool: Spool) -> Drain:
    drain = Drain(descriptors, spool)
    drain.start()
    return drain


def test_several_pipes_are_drained_to_their_ends() -> None:
    spool = Spool()
    read_out, write_out = os.pipe()
    read_err, write_err = os.pipe()
    drain = running({read_out: Channel.STDOUT, read_err: Channel.STDERR}, spool)
    os.write(write_out, b"to stdout")
    os.close(write_out)
    with os.fdopen(write_err, "wb") as stderr:
        stderr.write(b"line\n" * 400_000)
    assert everything(spool) == {
        Channel.STDOUT: b"to stdout",
        Channel.STDERR: b"line\n" * 400_000,
    }
    drain.join(timeout=5)
    assert not drain.is_alive()
    drain.stop()


def test_an_ended_descriptor_is_not_looked_at_again() -> None:
    spool = Spool()
    ended, write_end = os.pipe()
    os.close(write_end)
    open_one, still_open = os.pipe()
    drain = running({ended: Channel.STDOUT, open_one: Channel.STDERR}, spool)
    before_s = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - before_s < 0.05
    os.close(still_open)
    drain.join(timeout=5)
    assert spool.finished


def test_files_terminals_and_nonblocking_pipes_can_be_drained(tmp_path: Path) -> None:
    spool = Spool()
    log = tmp_path / "log"
    log.write_bytes(b"x" * 300_000)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    pipe, write_end = os.pipe()
    os.set_blocking(pipe, False)
    file = os.open(log, os.O_RDONLY)
    drain = running(
        {file: Channel.FILE, ours: Channel.STDERR, pipe: Channel.STDIN, 9999: Channel.STDOUT},
        spool,
    )
    os.write(theirs, b"typed")
    os.write(write_end, b"piped")
    time.sleep(0.1)
    os.close(theirs)
    os.close(write_end)
    assert everything(spool) == {
        Channel.FILE: b"x" * 300_000,
        Channel.STDERR: b"typed",
        Channel.STDIN: b"piped",
    }
    drain.join(timeout=5)


def test_stopping_keeps_what_lies_in_the_pipe() -> None:
    spool = Spool(memory_limit_bytes=1, disk_limit_bytes=1)
    read_end, write_end = os.pipe()
    drain = running({read_end: Channel.STDERR}, spool)
    # More than is read at twice, and less than that and a full pipe.
    written = b"".join(b"%07d\n" % number for number in range(170_000))
    with os.fdopen(write_end, "wb", buffering=0) as stderr:
        writer = threading.Thread(target=stderr.write, args=(written,))
        writer.start()
        writer.join(timeout=5)
        assert not writer.is_alive()
        while not spool.writer_waits:
            time.sleep(0.001)
        # The writer goes on holding its end open.
        drain.stop()
        drain.stop()
        drain.join(timeout=5)
        assert not drain.is_alive()
    assert everything(spool) == {Channel.STDERR: written}


def test_stopping_ends_also_when_the_writer_never_does() -> None:
    spool = Spool()
    read_end, write_end = os.pipe()

    def write_for_ever() -> None:
        try:
            while True:
                os.write(write_end, b"again\n" * 1000)
        except BrokenPipeError:
            os.close(write_end)

    writer = threading.Thread(target=write_for_ever)
    writer.start()
    drain = running({read_end: Channel.STDERR}, spool)
    time.sleep(0.05)
    drain.stop()
    drain.join(timeout=5)
    writer.join(timeout=5)
    assert not drain.is_alive()
    assert not writer.is_alive()
