"""What a command line without a command's name means."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from gctui.cli import pipe, replay
from gctui.cli.main import OPTIONS_WITH_VALUE
from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import gctui

STEADY = SAMPLES / "steady" / "one-gogc-100.log"


def test_every_option_that_takes_a_value_is_known_to_do_so() -> None:
    taking = set()
    for command in (pipe.COMMAND, replay.COMMAND):
        parser = ArgumentParser()
        command.prepare(parser)
        options = (each for each in parser._actions if each.nargs != 0)
        taking |= {name for each in options for name in each.option_strings}
    assert taking <= OPTIONS_WITH_VALUE


def test_the_value_of_an_option_is_no_file() -> None:
    piped = gctui("--plain", "--what-if", "GOGC=300", stdin=STEADY.read_bytes())
    assert piped.returncode == 0
    assert "\n  GOGC=300 " in piped.stdout.decode()
    saved = gctui("--plain", "--what-if", "GOGC=300", STEADY)
    assert saved.returncode == 0
    assert "\n  GOGC=300 " in saved.stdout.decode()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("reprot", "reprot: no such file; did you mean gctui report?"),
        ("chekc", "did you mean gctui check?"),
        ("./reprot", "./reprot: cannot be opened"),
        ("app.log", "app.log: cannot be opened"),
    ],
)
def test_a_mistyped_command_is_no_file(word: str, said: str) -> None:
    done = gctui(word, "nowhere.log")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert said in done.stderr.decode()


def test_a_file_may_be_called_nearly_like_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reprot").write_bytes(STEADY.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert gctui("--plain", "reprot").returncode == 0
    assert gctui("reprot", "--plain").returncode == 0
