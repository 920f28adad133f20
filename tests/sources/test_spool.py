from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
import tracemalloc

import pytest

from gctui.sources.spool import Channel, Chunk, Spool

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def drained(spool: Spool) -> list[Chunk]:
    chunks = []
    while chunk := spool.get(timeout_s=0):
        chunks.append(chunk)
    return chunks


def text_of(chunks: list[Chunk], channel: Channel) -> bytes:
    return b"".join(chunk.data for chunk in chunks if chunk.channel is channel)


def wait_until_writer_waits(spool: Spool) -> None:
    until_s = time.monotonic() + 5
    while not spool.writer_waits:
        assert time.monotonic() < until_s
        time.sleep(0.001)


def started(target: threading.Thread) -> threading.Thread:
    target.start()
    return target


@pytest.mark.parametrize("seed", range(4))
def test_every_byte_arrives_in_order_through_memory_and_disk_and_back(seed: int) -> None:
    spool = Spool(memory_limit_bytes=20_000, disk_limit_bytes=60_000)
    random_sizes = random.Random(seed)
    written = {Channel.STDOUT: bytearray(), Channel.STDERR: bytearray()}

    def write() -> None:
        for number in range(3_000):
            channel = random_sizes.choice(list(written))
            data = b"%d;" % number * random_sizes.choice((1, 1, 3, 200))
            written[channel] += data
            spool.put(channel, data)
        spool.close()

    writer = started(threading.Thread(target=write))
    chunks = []
    pauses = random.Random(seed + 1)
    while not spool.finished:
        if chunk := spool.get(timeout_s=5):
            chunks.append(chunk)
        if pauses.random() < 0.02:
            time.sleep(0.01)
    writer.join()
    for channel, data in written.items():
        assert text_of(chunks, channel) == data
    times_s = [chunk.received_s for chunk in chunks]
    assert times_s == sorted(times_s)
    assert spool.held_bytes == 0


def test_the_writer_waits_only_when_memory_and_disk_are_full() -> None:
    clock = Clock()
    spool = Spool(memory_limit_bytes=10_000, disk_limit_bytes=50_000, clock=clock)

    def write() -> None:
        for number in range(100):
            clock.now_s += 1
            spool.put(Channel.STDERR, bytes([number]) * 1_000)
        spool.close()

    writer = started(threading.Thread(target=write, daemon=True))
    wait_until_writer_waits(spool)
    held_bytes = spool.held_bytes
    assert 50_000 <= held_bytes <= 62_000
    first = spool.get(timeout_s=0)
    assert first == Chunk(Channel.STDERR, 1.0, bytes(1_000))
    chunks = []
    while not spool.finished:
        if chunk := spool.get(timeout_s=1):
            chunks.append(chunk)
    writer.join()
    assert [chunk.data[0] for chunk in chunks] == list(range(1, 100))
    assert [chunk.received_s for chunk in chunks] == [float(n) for n in range(2, 101)]


def test_closing_or_releasing_lets_a_waiting_writer_go_and_keeps_its_bytes() -> None:
    for let_go in (Spool.close, Spool.release_writer):
        clock = Clock()
        spool = Spool(memory_limit_bytes=1, disk_limit_bytes=1, clock=clock)
        for data in (b"one", b"two"):
            spool.put(Channel.FILE, data)
            clock.now_s += 1
        writer = started(threading.Thread(target=spool.put, args=(Channel.FILE, b"three")))
        wait_until_writer_waits(spool)
        let_go(spool)
        writer.join(timeout=5)
        assert not writer.is_alive()
        assert not spool.writer_waits
        spool.put(Channel.FILE, b" and more")
        spool.close()
        assert text_of(drained(spool), Channel.FILE) == b"onetwothree and more"
        assert spool.finished


def test_a_disk_that_takes_no_more_is_as_good_as_full() -> None:
    # A real limit of the system on the size of a file: writes beyond it fail, part of them done.
    script = """
import resource, threading, time
from gctui.sources.spool import Channel, Spool
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
spool = Spool(memory_limit_bytes=50_000)
data = b"".join(b"%07d\\n" % n for n in range(100_000))
def write():
    for at in range(0, len(data), 20_000):
        spool.put(Channel.STDERR, data[at:at + 20_000])
    spool.close()
threading.Thread(target=write).start()
while not spool.writer_waits:
    time.sleep(0.001)
held = spool.held_bytes
taken = b""
while not spool.finished:
    taken += (spool.get(1) or spool).data
assert taken == data
assert 100_000 < held < 300_000, held
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_one_burst_becomes_one_chunk_also_when_the_reader_is_waiting() -> None:
    spool = Spool()
    taken: list[Chunk | None] = []
    reader = started(threading.Thread(target=lambda: taken.append(spool.get(timeout_s=5))))
    time.sleep(0.05)
    for piece in (b"gc ", b"1", b" @", b"0.1", b"s 2%\n"):
        spool.put(Channel.STDERR, piece)
    reader.join()
    assert taken[0]
    assert taken[0].data == b"gc 1 @0.1s 2%\n"


def test_what_does_not_belong_to_a_burst_stays_apart() -> None:
    clock = Clock()
    spool = Spool(clock=clock)
    for channel, data, then_s in (
        (Channel.STDERR, b"a", 0.004),
        (Channel.STDERR, b"b", 0.004),
        (Channel.STDERR, b"c", 0.0),
        (Channel.STDOUT, b"d", 0.0),
        (Channel.STDERR, b"e" * 60_000, 0.0),
        (Channel.STDERR, b"f" * 5_536, 0.0),
        (Channel.STDERR, b"g", 0.0),
    ):
        spool.put(channel, data)
        clock.now_s += then_s
    ends = [chunk.data[:1] + chunk.data[-1:] for chunk in drained(spool)]
    assert ends == [b"ab", b"cc", b"dd", b"ef", b"gg"]


def test_tiny_chunks_that_cannot_be_merged_stay_within_the_memory_limit() -> None:
    spool = Spool(memory_limit_bytes=1 << 20, disk_limit_bytes=8 << 20)
    tracemalloc.start()
    for _ in range(50_000):
        spool.put(Channel.STDOUT, b"o")
        spool.put(Channel.STDERR, b"e")
    held_bytes = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held_bytes < 2 << 20
    spool.close()
    assert len(drained(spool)) == 100_000


def test_a_waiting_reader_costs_nothing_and_wakes_at_once() -> None:
    spool = Spool()
    before_s = time.thread_time()
    assert spool.get(timeout_s=0.3) is None
    assert time.thread_time() - before_s < 0.02
    assert not spool.finished
    threading.Timer(0.05, spool.put, (Channel.STDIN, b"x")).start()
    began_s = time.monotonic()
    assert spool.get(timeout_s=None)
    assert time.monotonic() - began_s < 0.5
    threading.Timer(0.05, spool.close).start()
    assert spool.get(timeout_s=None) is None
    assert spool.finished
