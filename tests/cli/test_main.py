"""What a command line without a command's name means."""

from __future__ import annotations

from argparse import ArgumentParser

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
