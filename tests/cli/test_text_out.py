"""A program's own output arrives whole, however slow whoever reads it is."""

from __future__ import annotations

import os
import threading
import time

from gctui.cli.text_out import TextOut
from gctui.events import Text


def test_a_slow_reader_of_a_non_blocking_pipe_loses_nothing() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    got: list[bytes] = []

    def read_slowly() -> None:
        time.sleep(0.2)
        while data := os.read(reading, 1 << 16):
            got.append(data)

    reader = threading.Thread(target=read_slowly)
    reader.start()
    out = TextOut(writing)
    lines = [b"line %d " % number + b"x" * 100 for number in range(5000)]
    for line in lines:
        out(Text(1, 0, len(line) + 1, (line,)))
    os.close(writing)
    reader.join()
    os.close(reading)
    assert b"".join(got) == b"\n".join(lines) + b"\n"


def test_a_reader_that_is_gone_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = TextOut(writing)
    out(Text(1, 0, 3, (b"hi",)))
    out(Text(1, 0, 3, (b"hi",)))
    os.close(writing)


def test_a_line_that_was_begun_is_ended_once_and_no_other() -> None:
    reading, writing = os.pipe()
    out = TextOut(writing)
    out.end_line()
    out(Text(1, 0, 5, (b"half",)))
    out.end_line()
    out(Text(2, 5, 9, (b"more",)))
    out.end_line()
    out.end_line()
    os.close(writing)
    assert os.read(reading, 100) == b"half\nmore\n"
    os.close(reading)
