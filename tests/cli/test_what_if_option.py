"""`--what-if`: another setting beside the usual ones, as Go's environment variables have it."""

from __future__ import annotations

import re

import pytest

from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import gctui

STEADY = SAMPLES / "steady" / "one-gogc-100.log"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("GOGC=300", r"GOGC=300 +\d+ MiB +[\d.]+% "),
        ("gogc=off", r"GOGC=off +– .* nothing collects: grows by "),
        ("GOMEMLIMIT=104857600", r"GOGC=100 GOMEMLIMIT=100MiB +\d+ MiB .* acts as GOGC=\d+"),
        ("GOGC=off, GOMEMLIMIT=1GiB", r"GOGC=off GOMEMLIMIT=1024MiB +\d+ MiB "),
        ("GOMEMLIMIT=1MiB", r"GOGC=100 GOMEMLIMIT=1MiB .* cannot be kept: "),
    ],
)
def test_a_setting_has_a_row_of_its_own(asked: str, shown: str) -> None:
    done = gctui("replay", "--plain", "--what-if", asked, "--what-if", "GOGC=300", str(STEADY))
    said = done.stdout.decode()
    assert done.returncode == 0
    assert re.search(f"^  {shown}", said, re.MULTILINE), said
    assert len(re.findall("^  GOGC=300 ", said, re.MULTILINE)) == 1
