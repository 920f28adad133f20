from __future__ import annotations

import os
import subprocess

import pytest

from gctui.errors import ExitCode, GctuiError
from gctui.sources.godebug import effective, merge_godebug, parse_trace_option

WANTED = {"gctrace": "1", "scavtrace": "1"}


@pytest.mark.parametrize(
    ("existing", "merged"),
    [
        ("", "gctrace=1,scavtrace=1"),
        ("madvdontneed=1", "madvdontneed=1,gctrace=1,scavtrace=1"),
        ("gctrace=2", "gctrace=2,scavtrace=1"),
        ("gctrace=0", "gctrace=0,scavtrace=1"),
        ("scavtrace=1,x=,gctrace=0,gctrace=1", "scavtrace=1,x=,gctrace=0,gctrace=1"),
        (",,a=1,,", ",,a=1,,gctrace=1,scavtrace=1"),
        ("schedtrace=0, gctrace=1", "schedtrace=0, gctrace=1,gctrace=1,scavtrace=1"),
        ("gctrace", "gctrace,gctrace=1,scavtrace=1"),
        ("a=b=c", "a=b=c,gctrace=1,scavtrace=1"),
    ],
)
def test_the_users_keys_win_and_stay_as_they_are(existing: str, merged: str) -> None:
    assert merge_godebug(existing, WANTED) == merged


def test_nothing_wanted_changes_nothing() -> None:
    assert merge_godebug("a=1,", {}) == "a=1,"
    assert merge_godebug("", {}) == ""


@pytest.mark.parametrize(
    "existing",
    [
        "gctrace=1",
        " gctrace=1",
        "gctrace=0,gctrace=1",
        "gctrace=1,gctrace=0",
        "gctrace",
        ",gctrace=1,",
    ],
)
def test_go_reads_the_text_as_effective_does(go_child: str, existing: str) -> None:
    done = subprocess.run(
        [go_child, "1", "0"],
        env=os.environ | {"GODEBUG": existing},
        capture_output=True,
        check=True,
    )
    assert (b"gc 1 @" in done.stderr) is (effective(existing).get("gctrace") == "1")


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        (
            "gctrace,scavtrace,sched=1000,pacer",
            {"gctrace": "1", "scavtrace": "1", "schedtrace": "1000", "gcpacertrace": "1"},
        ),
        (
            "schedtrace=500, gcpacertrace,,inittrace",
            {"schedtrace": "500", "gcpacertrace": "1", "inittrace": "1"},
        ),
        ("sched", {"schedtrace": "1000"}),
        ("scheddetail", {"scheddetail": "1", "schedtrace": "1000"}),
        ("gctrace=2", {"gctrace": "2"}),
        ("", {}),
    ],
)
def test_the_trace_option(option: str, wanted: dict[str, str]) -> None:
    assert parse_trace_option(option) == wanted


@pytest.mark.parametrize(
    "option",
    ["gctrase", "gctrace,=1", "sched=often", "sched=", "sched=-1", "gctrace=²", "sched=4294967296"],
)
def test_a_wrong_trace_option_says_what_is_right(option: str) -> None:
    with pytest.raises(GctuiError, match=r"choose from gctrace, scavtrace|whole number") as caught:
        parse_trace_option(option)
    assert caught.value.exit_code == ExitCode.USAGE
