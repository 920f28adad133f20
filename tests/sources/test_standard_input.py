from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .in_terminal import Terminal

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")

HANDOVER = """
import os, sys
from gctui.sources.standard_input import hand_terminal_over, has_terminal
assert has_terminal()
before = sorted(os.listdir("/dev/fd"))
print("printed before,", end=" ")
handover = hand_terminal_over(take_input=True)
assert all(map(os.isatty, (0, 1, 2)))
assert os.get_terminal_size(1) == os.get_terminal_size(0)
key = os.read(0, 1)
log = b""
while block := os.read(handover.data_fd, 100):
    log += block
os.write(1, b"drawn " + key)
handover.restore()
handover.restore()
os.close(handover.data_fd)
print("and after,", log, os.isatty(0), os.isatty(1), sorted(os.listdir("/dev/fd")) == before)
"""


def test_the_screen_gets_the_terminal_and_the_log_stays_readable(tmp_path: Path) -> None:
    with Terminal() as terminal, (tmp_path / "out").open("wb") as out:
        read_end, write_end = os.pipe()
        child = terminal.start(HANDOVER, stdin=read_end, stdout=out.fileno())
        os.close(read_end)
        os.write(write_end, b"gc 1\n")
        terminal.type_keys(b"q")
        os.close(write_end)
        assert child.wait(timeout=20) == 0, terminal.screen().decode()
        assert terminal.screen() == b"drawn q"
    printed = (tmp_path / "out").read_text()
    assert printed == "printed before, and after, b'gc 1\\n' False False True\n"


def test_a_terminal_that_is_in_place_is_left_alone_and_a_closed_stdin_is_replaced() -> None:
    script = """
import os
from gctui.sources.standard_input import hand_terminal_over
before = os.fstat(0).st_ino
handover = hand_terminal_over(take_input=False)
assert handover.data_fd == -1
assert os.fstat(0).st_ino == before
handover.restore()
os.close(0)
handover = hand_terminal_over(take_input=False)
assert os.isatty(0)
handover.restore()
try:
    os.fstat(0)
except OSError:
    os.write(2, b"closed again")
"""
    with Terminal() as terminal:
        child = terminal.start(script)
        assert child.wait(timeout=20) == 0, terminal.screen().decode()
        assert terminal.screen() == b"closed again"


def test_without_a_terminal_nothing_is_changed_and_one_line_says_why() -> None:
    script = """
import os
from gctui.errors import GctuiError
from gctui.sources.standard_input import hand_terminal_over, has_terminal, take_standard_input
assert not has_terminal()
before = sorted(os.listdir("/dev/fd"))
try:
    hand_terminal_over(take_input=True)
except GctuiError as error:
    print(error)
assert sorted(os.listdir("/dev/fd")) == before
data_fd = take_standard_input()
print(data_fd > 2, os.read(data_fd, 100))
os.close(0)
try:
    take_standard_input()
except GctuiError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=b"gc 1\n",
        capture_output=True,
        check=True,
        start_new_session=True,
        env=os.environ | {"TERM": "xterm"},
    )
    assert done.stdout.decode().splitlines() == [
        f"no terminal to draw on: /dev/tty: {os.strerror(errno.ENXIO)}",
        "True b'gc 1\\n'",
        "standard input is closed",
    ]


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_none(name: str) -> None:
    script = "from gctui.sources.standard_input import has_terminal as h; print(h(), end='')"
    with Terminal(environment={"TERM": name}) as terminal:
        assert terminal.start(script).wait(timeout=20) == 0
        assert terminal.screen() == b"False"


def test_a_wrapped_child_may_read_from_the_terminal() -> None:
    script = """
import os
from gctui.sources.command import WrappedCommand
from gctui.sources.spool import Spool
command = WrappedCommand(["sh", "-c", "read -r line; echo got $line"], wanted_trace={})
assert not command.own_group
output = command.start(Spool())
assert os.getpgid(command.pid) == os.getpgid(0)
print(output.get(20).data, end="")
command.wait(None)
command.finish_output()
"""
    with Terminal() as terminal:
        child = terminal.start(script)
        terminal.type_keys(b"typed\n")
        assert child.wait(timeout=20) == 0, terminal.screen().decode()
        assert terminal.screen() == b"b'got typed\\n'"
