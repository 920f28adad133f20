from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gctui.sources.process import ProcessSampler

from .numbers import started_with_number

if TYPE_CHECKING:
    from gctui.events import Process

MIB = 1 << 20
HOLDS_64_MIB = "held = bytearray(b'x') * (64 << 20); print('up', flush=True); input()"


def start(script: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"up\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.communicate(b"\n")
    assert process.returncode == 0


def kernel_figure_bytes(name: str) -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:"))


def taken(sampler: ProcessSampler) -> Process:
    sample = sampler.sample()
    assert sample
    return sample


def test_one_process() -> None:
    process = start(HOLDS_64_MIB)
    sample = taken(ProcessSampler(process.pid))
    assert sample.rss_bytes
    assert 64 * MIB < sample.rss_bytes < 100 * MIB
    assert sample.vms_bytes
    assert sample.vms_bytes > sample.rss_bytes
    assert sample.threads == 1
    assert sample.cpu_percent is None
    if sys.platform == "linux":
        assert sample.rss_peak_bytes
        assert sample.rss_peak_bytes >= sample.rss_bytes
        assert sample.swap_bytes == 0
        assert sample.machine_bytes == kernel_figure_bytes("MemTotal")
    assert sample.machine_bytes
    assert sample.machine_available_bytes
    assert sample.rss_bytes < sample.machine_available_bytes < sample.machine_bytes
    end(process)


def test_the_peak_stays_when_the_memory_goes() -> None:
    if sys.platform != "linux":
        pytest.skip("the kernel's own peak is read on Linux only")
    process = start(
        "held = bytearray(b'x') * (64 << 20); del held; print('up', flush=True); input()"
    )
    sample = taken(ProcessSampler(process.pid))
    assert sample.rss_bytes
    assert sample.rss_peak_bytes
    assert sample.rss_peak_bytes > sample.rss_bytes + 60 * MIB
    end(process)


def test_the_tree_is_summed_and_a_vanished_child_is_skipped() -> None:
    child = f"""
import subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", {HOLDS_64_MIB!r}], stdin=subprocess.PIPE)
threading.Thread(target=child.wait).start()
input()
child.communicate(b"\\n")
print("down", flush=True)
input()
"""
    process = start(child)
    sampler = ProcessSampler(process.pid)
    with_child = taken(sampler)
    assert with_child.threads == 3
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"down\n"
    until_s = time.monotonic() + 5
    while (alone := taken(sampler)).threads != 1:
        # The thread that waited for the child is just ending.
        assert time.monotonic() < until_s
    assert alone.rss_bytes
    assert with_child.rss_bytes
    assert with_child.rss_bytes - alone.rss_bytes > 64 * MIB
    assert alone.rss_peak_bytes == with_child.rss_peak_bytes
    end(process)


def test_a_child_that_comes_soon_is_seen_soon() -> None:
    late = f"""
import subprocess, sys
print("up", flush=True)
input()
child = subprocess.Popen(
    [sys.executable, "-c", {HOLDS_64_MIB!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE
)
child.stdout.readline()
print("child up", flush=True)
input()
child.communicate(b"\\n")
"""
    process = start(late)
    sampler = ProcessSampler(process.pid)
    alone = taken(sampler)
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"child up\n"
    began_s = time.monotonic()
    while (taken(sampler).rss_bytes or 0) < (alone.rss_bytes or 0) + 64 * MIB:
        assert time.monotonic() < began_s + 1
        time.sleep(0.02)
    assert taken(sampler) is sampler.last
    end(process)


def test_cpu_is_in_percent_of_one_core_since_the_last_sample() -> None:
    process = start(
        "import time; print('up', flush=True); input(); until_s = time.process_time() + 0.4\n"
        "while time.process_time() < until_s: pass\n"
        "print('burnt', flush=True); input()"
    )
    assert process.stdin
    assert process.stdout
    sampler = ProcessSampler(process.pid)
    began_s = time.monotonic()
    taken(sampler)
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"burnt\n"
    busy = taken(sampler).cpu_percent
    lasted_s = time.monotonic() - began_s
    assert busy == pytest.approx(100 * 0.4 / lasted_s, rel=0.2)
    time.sleep(0.2)
    assert taken(sampler).cpu_percent == pytest.approx(0, abs=20)
    end(process)


def test_what_is_gone_or_a_zombie_is_none() -> None:
    process = start("print('up', flush=True)")
    sampler = ProcessSampler(process.pid)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert sampler.sample() is None
    process.communicate()
    assert sampler.sample() is None
    assert ProcessSampler(process.pid).sample() is None


def test_a_number_that_another_process_got_is_not_the_process() -> None:
    process = start(HOLDS_64_MIB)
    sampler = ProcessSampler(process.pid)
    taken(sampler)
    end(process)
    time.sleep(0.02)
    again = started_with_number(process.pid)
    assert sampler.sample() is None
    assert taken(ProcessSampler(process.pid))
    again.kill()
    again.wait()


def test_processes_of_others_are_read_or_none_but_never_an_error() -> None:
    sample = taken(ProcessSampler(1))
    assert sample.rss_bytes is None or sample.rss_bytes > 0


def test_a_sample_is_cheap() -> None:
    sampler = ProcessSampler(os.getpid())
    sampler.sample()
    before_s = time.process_time()
    for _ in range(20):
        sampler.sample()
    assert (time.process_time() - before_s) / 20 < 0.01
