"""`gctui run`, in a real terminal, with a real Go program: a wrapper that nothing is lost in."""

from __future__ import annotations

import re
import shlex
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.corpus_files import SAMPLES

from .commands import contents, shell
from .terminal import CTRL_C, Terminal

LEAK = SAMPLES / "demo" / "leak.log"
END = "\x1b[F"
LEAVES_WITHIN_S = 5.0
"""A second where the machine has nothing else to do."""


def run(app: str, options: str = "-for 5m", **env: str) -> Terminal:
    return Terminal(f"gctui run -- {app} {options}", width=160, env=env)


def app_process(terminal: Terminal, app: str) -> psutil.Process:
    return terminal.find(Path(app).name)


def ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_the_process_its_memory_and_both_outputs_are_shown(app: str) -> None:
    with run(app) as terminal:
        terminal.wait_for(r"GC #\d+ .*RSS \d+ MiB")
        process = app_process(terminal, app)
        header = terminal.text().partition("\n")[0]
        assert f"pid {process.pid}" in header
        assert "GODEBUG=gctrace=1,scavtrace=1" in header
        assert "● live" in header
        terminal.wait_for(r"order \d+ accepted")
        terminal.wait_for(r"queue \d+ is long")


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_passed_on(app: str, code: int) -> None:
    with run(app, f"-for 300ms -code {code}") as terminal:
        terminal.wait_for(f"■ exited with {code}")
        terminal.press("q")
        assert terminal.exit_code() == code
        assert terminal.restored
        assert f"exited with {code}" in terminal.text()
    done = shell(f"gctui run --plain -- {app} -for 300ms -code {code}")
    assert done.returncode == code


def test_a_signal_that_killed_it_is_passed_on(app: str) -> None:
    with run(app) as terminal:
        terminal.wait_for(r"GC #\d")
        app_process(terminal, app).send_signal(signal.SIGKILL)
        terminal.wait_for("■ killed by SIGKILL")
        terminal.press("q")
        assert terminal.exit_code() == 128 + signal.SIGKILL
    done = shell("gctui run --plain sh -c 'kill -SEGV $$'")
    assert done.returncode == 128 + signal.SIGSEGV


def test_q_asks_and_s_stops_the_program(app: str) -> None:
    with run(app, "-for 5m -code 5") as terminal:
        terminal.wait_for(r"GC #\d")
        process = app_process(terminal, app)
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        assert terminal.exit_code() == 5
        assert ended(process)
        assert terminal.restored
        assert re.search(r"gctui: .*: \d+ collections.*; exited with 5", terminal.text())


def test_whoever_leaves_a_flood_is_not_kept_by_it_and_told_what_was_not_read() -> None:
    flood = f"while :; do cat {LEAK}; done >&2"
    with Terminal(f"gctui run -- sh -c {shlex.quote(flood)}", width=160) as terminal:
        terminal.wait_for(r"\d\d MiB still to read")
        terminal.press("q")
        terminal.wait_for("is still running")
        began_s = time.monotonic()
        terminal.press("s")
        terminal.exit_code()
        assert time.monotonic() - began_s < LEAVES_WITHIN_S
        text = " ".join(terminal.text().split())
    assert re.search(r"collections .*; killed by SIGTERM, \d+ MiB of its output not read", text)
    assert "the end of its output, as far as it was read:" in text
    assert not re.search("looks? like (a )?trace line", text)


def test_l_leaves_it_running_and_passes_its_output_on(app: str) -> None:
    with run(app, "-for 5m -code 6") as terminal:
        terminal.wait_for(r"GC #\d")
        process = app_process(terminal, app)
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("l")
        terminal.wait_for(lambda: not terminal.alternate)
        terminal.wait_for(r"order \d+ accepted")
        terminal.wait_for(r"queue \d+ is long")
        assert not ended(process)
        process.terminate()
        assert terminal.exit_code() == 6
        assert terminal.restored
        assert "caught terminated" in terminal.text()
        assert "; exited with 6" in terminal.text()


def test_a_signal_reaches_the_program_that_was_left_running(app: str) -> None:
    with run(app, "-for 5m -code 7") as terminal:
        terminal.wait_for(r"GC #\d")
        gctui = terminal.find("gctui")
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("l")
        terminal.wait_for(lambda: not terminal.alternate)
        terminal.wait_for(r"order \d+ accepted")
        gctui.send_signal(signal.SIGTERM)
        assert terminal.exit_code() == 7
        assert "caught terminated" in terminal.text()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 7), (signal.SIGHUP, 129)])
def test_a_signal_to_gctui_reaches_the_program_and_the_terminal_is_restored(
    app: str, number: signal.Signals, code: int
) -> None:
    with run(app, "-for 5m -code 7") as terminal:
        terminal.wait_for(r"GC #\d")
        process = app_process(terminal, app)
        terminal.find("gctui").send_signal(number)
        assert terminal.exit_code() == code
        assert terminal.restored
        assert ended(process)


def test_ctrl_c_goes_to_the_program_first(app: str) -> None:
    with run(app, "-for 5m -code 8") as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press(CTRL_C)
        terminal.wait_for("■ exited with 8")
        terminal.wait_for("caught interrupt")
        terminal.press(CTRL_C)
        assert terminal.exit_code() == 8


def test_a_second_ctrl_c_stops_a_program_that_ignores_the_first(app: str) -> None:
    with run(app, "-for 5m -code 9 -deaf -quiet") as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press(CTRL_C)
        terminal.wait_for("caught interrupt")
        terminal.press(CTRL_C)
        assert terminal.exit_code() == 9
        assert terminal.restored


def test_the_users_own_settings_win(app: str) -> None:
    with run(app, "-for 5m -quiet", GODEBUG="gctrace=0", GOGC="50") as terminal:
        terminal.wait_for(r"started with GODEBUG=gctrace=0,scavtrace=1 GOGC=50")
        assert "GODEBUG=gctrace=0,scavtrace=1" in terminal.text().partition("\n")[0]
    done = shell(
        f"gctui run --plain --no-counters --trace gctrace -- {app} -for 500ms",
        GODEBUG="madvdontneed=1,gctrace=0",
    )
    assert b"started with GODEBUG=madvdontneed=1,gctrace=0 GOGC=\n" in done.stdout
    assert b"not a single trace line among" in done.stderr
    assert done.returncode == 0


def test_what_became_of_godebug_is_shown(app: str) -> None:
    with run(app, "-for 5m", GODEBUG="madvdontneed=1,gctrace") as terminal:
        # A key without a value is nothing to Go, and stays as it is.
        merged = "madvdontneed=1,gctrace,gctrace=1,scavtrace=1"
        terminal.wait_for(lambda: "yours, and gctrace=1,scavtrace=1" in squeezed(terminal))
        terminal.press("?")
        terminal.wait_for("─ Help ─")
        terminal.press(END)
        terminal.wait_for(lambda: f"The program got GODEBUG={merged}: yours" in squeezed(terminal))
        terminal.press("?")
        terminal.wait_for(r"GC #\d")
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        terminal.exit_code()
        assert f"  GODEBUG  {merged}\n" in terminal.text()
    with Terminal(f"gctui run -- {app} -for 5m", width=80) as terminal:
        terminal.wait_for(r"GC #\d")
        # An empty chart says what would fill it; a notice would be of this program's own.
        assert "yours" not in terminal.text()
        terminal.press("?")
        terminal.wait_for("─ Help ─")
        terminal.press(END)
        said = "The program got GODEBUG=gctrace=1,scavtrace=1, all of it added by gctui"
        terminal.wait_for(lambda: said in squeezed(terminal))


def squeezed(terminal: Terminal) -> str:
    """Return the screen's text without frames and line ends."""
    return " ".join(re.sub("[│▁▔▎▊▐▌┃]", " ", terminal.text()).split())


def test_redirected_output_is_the_programs_own_while_the_screen_is_drawn(
    app: str, tmp_path: Path
) -> None:
    with Terminal(f"gctui run {app} -for 5m > out", cwd=tmp_path) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.wait_for(r"queue \d+ is long")
        assert "order" not in terminal.text()
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        assert terminal.exit_code() == 0
        assert re.search(r"gctui: .*: \d+ collections", terminal.text())
    lines = (tmp_path / "out").read_text().splitlines()
    assert lines[0].startswith("started with GODEBUG=gctrace=1,scavtrace=1 ")
    assert all(re.fullmatch(r"order \d+ accepted", line) for line in lines[1:])


GC_LINE = (
    "gc 1 @0.100s 0%: 0.10+1.0+0.10 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
    "4->4->2 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)


def test_a_line_of_figures_begins_a_line_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "said").write_text(f"before {GC_LINE}\n")
    script = "cat said >&2; while [ ! -e go ]; do sleep 0.1; done; printf end >&2"
    command = f"gctui run --plain --interval 0.3 -- sh -c '{script}' 2>err"
    with Terminal(command, cwd=tmp_path) as terminal:
        terminal.wait_for(lambda: contents(tmp_path / "err").count("#1") > 1)
        (tmp_path / "go").touch()
        assert terminal.exit_code() == 0
    lines = [line.rstrip() for line in contents(tmp_path / "err").splitlines()]
    assert "before" in lines
    assert "end" in lines
    assert "" not in lines


def test_plain_leaves_standard_output_to_the_program(app: str, tmp_path: Path) -> None:
    command = f"gctui run --plain --interval 0.2 -- {app} -for 5m >out 2>err"
    with Terminal(command, cwd=tmp_path) as terminal:
        ticks = re.compile(r"#\d+ +[\d.]+/s +\d+ MiB")
        terminal.wait_for(lambda: ticks.search(contents(tmp_path / "err")))
        app_process(terminal, app).terminate()
        assert terminal.exit_code() == 0
    out, err = (tmp_path / "out").read_text().splitlines(), (tmp_path / "err").read_text()
    assert out[0].startswith("started with ")
    assert all(re.fullmatch(r"order \d+ accepted", line) for line in out[1:])
    assert "queue 1 is long\n" in err
    assert re.search(r"gctui: .*: \d+ collections.*; exited with 0", err)
    assert "ms clock" not in err


def test_time_does_not_go_back_while_a_backlog_is_read() -> None:
    written = "sh -c 'yes | head -c 600000 >&2; exit 3'"
    run = shell(f"gctui run --plain --interval 0.2 -- {written} 2>&1 | grep -v '^y'")
    stamps = [float(s) for s in re.findall(r"^ +(\d+\.\d) s ", run.stdout.decode(), re.MULTILINE)]
    assert stamps == sorted(set(stamps))
    assert "exited with 3" in run.stdout.decode()
