"""A command that gctui starts, and its end: what `env`, `timeout` and a shell would do with it.

Process groups: a child whose standard input is the terminal stays in gctui's group, because a
background group that reads from the terminal is stopped (SIGTTIN); it gets the terminal's Ctrl-C
and Ctrl-Z as it would without gctui. Every other child leads a group of its own, so that
`terminate` reaches all that it has started; `own_group` says which, and in its own group it gets
only the signals that it is sent from here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gctui.errors import ExitCode, GctuiError
from gctui.sources.drain_process import Draining, begin_draining
from gctui.sources.godebug import added_to, merge_godebug
from gctui.sources.spool import Channel, Spool, SpoolReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A terminal sends these to every process of the foreground group, and programs count on it:
# `go run` for one ignores Ctrl-C and leaves it to the program that it has started.
_TERMINAL_SIGNALS = frozenset(
    {
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGHUP,
        signal.SIGTSTP,
        signal.SIGCONT,
        signal.SIGWINCH,
    }
)
_LOOK_AGAIN_S = 0.01
# A group also lasts while nobody reaps its orphans, as in a container without an init.
_ORPHANS_END_WITHIN_S = 1.0
_KILLED_WITHIN_S = 5.0
# What is left to take is not more than a pipe holds.
_STOPS_WITHIN_S = 5.0


class WrappedCommand:
    """A child process whose standard error, and by default standard output, go into a spool.

    `stdin` is a descriptor for the child, subprocess.DEVNULL, or None to share gctui's own.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        wanted_trace: Mapping[str, str],
        pass_stdout: bool = False,
        stdin: int | None = None,
    ) -> None:
        existing = os.environ.get("GODEBUG", "")
        self.godebug = merge_godebug(existing, wanted_trace)
        """The GODEBUG that the child gets."""
        self.godebug_added = added_to(existing, wanted_trace)
        """What of it was not the user's own."""
        self.own_group = not os.isatty(0 if stdin is None else stdin)
        """Keys of the terminal do not reach the child by themselves."""
        self.output_cut_short = False
        """Another process still held the child's output open when its draining was stopped."""
        self.was_killed = False
        """`terminate` had to kill it."""
        self._argv = list(argv)
        self._pass_stdout = pass_stdout
        self._stdin = stdin
        self._process: subprocess.Popen[bytes] | None = None
        self._drain: Draining | None = None

    @property
    def pid(self) -> int:
        """The child's process id; it must have been started."""
        return self._started().pid

    def start(self, spool: Spool) -> SpoolReader:
        """Start the child and the draining of its output into `spool`; return what to read.

        Raises GctuiError with the exit code of a shell: 127 for a command that is not found, 126
        for one that cannot be executed; 125 when the system has no room for another process.
        """
        read_ends, write_ends = _pipes(with_stdout=not self._pass_stdout)
        with contextlib.ExitStack() as ends:
            for write_end in write_ends.values():
                ends.callback(os.close, write_end)
            # First, so that a failure leaves nothing behind: closing the write ends ends it.
            reader, self._drain = begin_draining(read_ends, spool)
            try:
                self._process = self._spawn(write_ends)
            except GctuiError:
                ends.close()
                reader.get(_STOPS_WITHIN_S)
                raise
        return reader

    def poll_exit_code(self) -> int | None:
        """Return the exit code, 128+n when signal n killed it, None while it runs."""
        return _exit_code(self._started().poll())

    def describe_exit(self) -> str:
        """Say how it ended, as in "exited with 3" or "killed by SIGKILL"."""
        status = self._started().poll()
        if status is None:
            return "running"
        return f"exited with {status}" if status >= 0 else f"killed by {_signal_name(-status)}"

    def send_signal(self, number: int) -> None:
        """Send a signal to the child; those that a terminal sends, to its whole group.

        A child that is gone is no error.
        """
        process = self._started()
        if self.own_group and number in _TERMINAL_SIGNALS and process.poll() is None:
            _signal_group(process.pid, number)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                process.send_signal(number)

    def terminate(self, grace_s: float = 5.0) -> None:
        """Ask the child to end (SIGTERM), and kill what has not ended after `grace_s` seconds.

        In a group of its own that is all it has started, otherwise the child alone. After the
        child's end nothing is signalled: its number may already be another's.
        """
        if self.poll_exit_code() is not None:
            return
        self._signal_tree(signal.SIGTERM)
        # A stopped process gets its SIGTERM only when it continues.
        self._signal_tree(signal.SIGCONT)
        if not self._tree_ends_within(grace_s):
            self.was_killed = self.poll_exit_code() is None
            self._signal_tree(signal.SIGKILL)
            self.wait(_KILLED_WITHIN_S)

    def wait(self, timeout_s: float | None) -> bool:
        """Wait for the child's end; False when it still runs after `timeout_s`."""
        try:
            self._started().wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish_output(self, grace_s: float = 1.0) -> None:
        """Let the draining end with the output; stop it when something holds it open longer.

        That is a process which the child has left behind. All that the child itself wrote is kept.
        """
        if self._drain is None:
            return
        self._drain.join(grace_s)
        if self._drain.is_alive():
            self.output_cut_short = True
            self._drain.stop()
            self._drain.join(_STOPS_WITHIN_S)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the command has not been started")
        return self._process

    def _spawn(self, write_ends: Mapping[Channel, int]) -> subprocess.Popen[bytes]:
        _reap_our_own_children()
        try:
            return subprocess.Popen(  # noqa: S603 - running the user's command is the job
                self._argv,
                stdin=self._stdin,
                stdout=write_ends.get(Channel.STDOUT),
                stderr=write_ends[Channel.STDERR],
                env=os.environ | ({"GODEBUG": self.godebug} if self.godebug else {}),
                process_group=0 if self.own_group else None,
            )
        except OSError as error:
            raise _start_failure(self._argv[0], error) from error

    def _signal_tree(self, number: int) -> None:
        if self.own_group:
            _signal_group(self.pid, number)
        else:
            self.send_signal(number)

    def _tree_ends_within(self, grace_s: float) -> bool:
        until_s = time.monotonic() + grace_s
        if not self.wait(grace_s):
            return False
        until_s = min(until_s, time.monotonic() + _ORPHANS_END_WITHIN_S)
        while self.own_group and _signal_group(self.pid, 0):
            if time.monotonic() >= until_s:
                return False
            time.sleep(_LOOK_AGAIN_S)
        return True


def _pipes(*, with_stdout: bool) -> tuple[dict[int, Channel], dict[Channel, int]]:
    """Make the child's pipes; return the ends to read from and the ends to write to."""
    read_ends: dict[int, Channel] = {}
    write_ends: dict[Channel, int] = {}
    for channel in (Channel.STDOUT, Channel.STDERR) if with_stdout else (Channel.STDERR,):
        read_end, write_ends[channel] = os.pipe()
        read_ends[read_end] = channel
    return read_ends, write_ends


def _start_failure(name: str, error: OSError) -> GctuiError:
    if error.filename is None:
        # The fork failed, not the program.
        message = f"cannot start {name}: {error.strerror}"
        return GctuiError(message, ExitCode.OWN_FAILURE)
    if error.errno in {errno.ENOENT, errno.ENOTDIR} and shutil.which(name, os.F_OK) is None:
        return GctuiError(f"command not found: {name}", ExitCode.NOT_FOUND)
    reason = error.strerror
    if error.errno == errno.ENOENT:
        reason = "the interpreter or loader that it names is missing"
    elif "/" in name and Path(name).is_dir():
        reason = "is a directory"
    return GctuiError(f"not executable: {name}: {reason}", ExitCode.NOT_EXECUTABLE)


def _exit_code(status: int | None) -> int | None:
    return status if status is None or status >= 0 else 128 - status


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _signal_group(group: int, number: int) -> bool:
    """Signal every process of a group; False when none is left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS: EPERM when only a zombie is left.
        return False
    return True


def _reap_our_own_children() -> None:
    """Undo an inherited "ignore SIGCHLD", under which the kernel drops every exit code."""
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
    ):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
