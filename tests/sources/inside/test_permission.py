from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gctui.sources.inside.memory import ProcessMemory
from gctui.sources.inside.permission import NOT_LINUX, what_gives_privilege, why_refused

NOBODY = 65534
PR_SET_DUMPABLE = 4
ALL_CAPABILITIES = "000001ffffffffff"
NONE = "0000000000000000"
WITHOUT_PTRACE = "00000000a80425fb"
IDENTITY = "         0          0 4294967295\n"
KERNEL_THREAD_FLAG = 0x00200000

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
as_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="becoming another user needs root"
)


@dataclass
class Made:
    """A /proc with our process and one more, 42; ours are those of a plain user's shell."""

    root: Path
    ours: dict[str, str] = field(
        default_factory=lambda: {
            "Pid": "7",
            "Uid": f"{os.geteuid()}\t" * 4,
            "Gid": f"{os.getegid()}\t" * 4,
            "CapPrm": NONE,
            "CapEff": NONE,
            "CapBnd": ALL_CAPABILITIES,
            "NoNewPrivs": "0",
            "Seccomp": "0",
        }
    )
    its: dict[str, str] = field(
        default_factory=lambda: {
            "Name": "app",
            "PPid": "1",
            "Uid": f"{os.geteuid()}\t" * 4,
            "Gid": f"{os.getegid()}\t" * 4,
            "CapPrm": NONE,
        }
    )
    files: dict[str, str] = field(
        default_factory=lambda: {
            "proc/self/uid_map": IDENTITY,
            "proc/42/uid_map": IDENTITY,
            "proc/42/stat": stat_line(),
            "proc/1/cgroup": "0::/init.scope\n",
        }
    )

    def refused(self) -> str:
        self.files["proc/self/status"] = _lines(self.ours)
        self.files["proc/42/status"] = _lines(self.its)
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return why_refused(42, proc=self.root / "proc")


def _lines(status: dict[str, str]) -> str:
    return "".join(f"{name}:\t{value}\n" for name, value in status.items())


def stat_line(state: str = "S", flags: int = 0x400000) -> str:
    return f"42 (an (app)) {state} 1 42 42 0 -1 {flags} " + "0 " * 12 + "12345 0 0\n"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    return Made(tmp_path)


def nothing(made: Made) -> None:
    pass


def kernel_thread(made: Made) -> None:
    made.files["proc/42/stat"] = stat_line(flags=KERNEL_THREAD_FLAG)


def zombie(made: Made) -> None:
    made.files["proc/42/stat"] = stat_line(state="Z")


def gone(made: Made) -> None:
    made.files["proc/42/stat"] = ""


def hidden(made: Made) -> None:
    gone(made)
    made.files["proc/self/mounts"] = "/dev/sda / ext4 rw 0 0\nproc /proc proc rw,hidepid=2 0 0\n"


def gone_in_container(made: Made) -> None:
    gone(made)
    made.files[".dockerenv"] = ""


def gone_in_kubernetes(made: Made) -> None:
    gone(made)
    made.files["proc/1/cgroup"] = "0::/kubepods.slice/kubepods-pod12.slice\n"


def other_user(made: Made) -> None:
    made.its["Uid"] = f"{os.geteuid() + 1}\t" * 4


def setuid_target(made: Made) -> None:
    """Only the saved id differs."""
    own = os.geteuid()
    made.its["Uid"] = f"{own}\t{own}\t{own + 1}\t{own}"


def other_user_in_container(made: Made) -> None:
    other_user(made)
    made.ours["CapBnd"] = WITHOUT_PTRACE
    made.files["run/.containerenv"] = ""


def other_user_in_kubernetes(made: Made) -> None:
    other_user(made)
    made.ours["CapBnd"] = WITHOUT_PTRACE
    made.files["proc/1/cgroup"] = "1:name=systemd:/kubepods/burstable/pod12\n"


def other_user_in_sandbox(made: Made) -> None:
    other_user(made)
    made.ours["NoNewPrivs"] = "1"


def other_group(made: Made) -> None:
    made.its["Gid"] = f"{os.getegid() + 1}\t" * 4


def not_dumpable(made: Made) -> None:
    # The made files are ours: the process is another user's than its files, and ours all the same.
    made.its["Uid"] = f"{os.geteuid() + 1}\t" * 4
    made.ours["Uid"] = f"{os.geteuid() + 1}\t" * 4


def capable(made: Made) -> None:
    made.its["CapPrm"] = "0000000000000400"


def yama(scope: int) -> Callable[[Made], None]:
    def arrange(made: Made) -> None:
        made.files["proc/sys/kernel/yama/ptrace_scope"] = f"{scope}\n"

    return arrange


def yama_3_for_root(made: Made) -> None:
    yama(3)(made)
    made.ours["CapEff"] = ALL_CAPABILITIES


def yama_1_but_our_grandchild(made: Made) -> None:
    yama(1)(made)
    made.its["PPid"] = "41"
    made.files["proc/41/status"] = "Name:\tsh\nPPid:\t7\n"


def other_namespace_seen_from_inside(made: Made) -> None:
    """Root of a container that sees the host's processes: its capabilities do not count there."""
    made.ours |= {"CapEff": ALL_CAPABILITIES, "CapPrm": ALL_CAPABILITIES}
    made.files["proc/self/uid_map"] = "0 1000 1\n"
    made.files["proc/42/uid_map"] = "0 4294967295 4294967295\n"


def other_namespace_seen_from_outside(made: Made) -> None:
    made.files["proc/42/uid_map"] = "0 100000 65536\n"


def container(made: Made) -> None:
    made.ours["CapBnd"] = WITHOUT_PTRACE
    made.files[".dockerenv"] = ""


def apparmor(made: Made) -> None:
    made.files["sys/kernel/security/lsm"] = "lockdown,capability,yama,apparmor"
    made.files["proc/self/attr/current"] = "docker-default (enforce)\n"


def seccomp_for_root(made: Made) -> None:
    made.ours |= {"CapEff": ALL_CAPABILITIES, "Seccomp": "2"}


SUDO = "use sudo gctui attach 42"
DOCKER = "docker run --cap-add=SYS_PTRACE"
KUBERNETES = "securityContext.capabilities.add: [SYS_PTRACE]"
US, OTHER = os.geteuid(), os.geteuid() + 1


@linux_only
@pytest.mark.parametrize(
    ("arrange", "says", "is_silent_of"),
    [
        (kernel_thread, ["a thread of the kernel"], ["sudo"]),
        (zombie, ["42 has ended"], ["sudo"]),
        (gone, ["no process 42"], ["container", "sudo"]),
        (hidden, ["no process 42 that gctui can see", "hidepid"], ["container"]),
        (gone_in_container, ["no process 42 in this container"], ["kubectl"]),
        (gone_in_kubernetes, ["shareProcessNamespace", "kubectl debug --target"], ["docker"]),
        (other_user, ["runs as USER(1)", "gctui as USER(0)", SUDO, "run gctui as"], ["docker"]),
        (setuid_target, ["runs as USER(1)", SUDO], ["ptrace_scope"]),
        (other_user_in_container, ["runs as USER(1)", DOCKER], ["sudo", "kube"]),
        (other_user_in_kubernetes, ["runs as USER(1)", KUBERNETES], ["sudo", "docker"]),
        (other_user_in_sandbox, ["runs as USER(1)", "outside this service"], ["use sudo"]),
        (other_group, ["with the group", SUDO], ["runs as"]),
        (not_dumpable, ["setuid", "PR_SET_DUMPABLE", SUDO], ["runs as"]),
        (capable, ["capabilities that gctui lacks", SUDO], []),
        (yama(1), ["ptrace_scope = 1", "gctui run -- CMD", SUDO, "ptrace_scope=0"], []),
        (yama(2), ["ptrace_scope = 2", "administrators", SUDO], ["gctui run"]),
        (yama(3), ["ptrace_scope = 3", "until a reboot", "a trace"], ["sudo"]),
        (yama_3_for_root, ["ptrace_scope = 3", "root too"], ["sudo"]),
        (yama_1_but_our_grandchild, ["a security module"], ["ptrace_scope"]),
        (other_namespace_seen_from_inside, ["another user namespace", "on the host"], ["sudo"]),
        (other_namespace_seen_from_outside, ["another user namespace", SUDO], ["the host"]),
        (container, ["this container runs without CAP_SYS_PTRACE", DOCKER], ["sudo"]),
        (apparmor, ["a security module", "apparmor", "as docker-default (enforce)"], ["seccomp f"]),
        (seccomp_for_root, ["a seccomp filter is on gctui"], ["active:"]),
        (nothing, ["a security module"], ["()", "ptrace_scope"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_setting_that_forbids_it_is_named(
    arrange: Callable[[Made], None],
    says: list[str],
    is_silent_of: list[str],
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {US: "USER(0)", OTHER: "USER(1)"}
    monkeypatch.setattr("gctui.sources.inside.permission.user_name", names.__getitem__)
    arrange(made)
    sentence = made.refused()
    assert "\n" not in sentence
    for words in says:
        assert words in sentence
    for words in is_silent_of:
        assert words not in sentence.replace("a security module or a seccomp filter", "")


def test_a_name_cannot_pass_for_a_setting(made: Made) -> None:
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    made.its = {"Name": "app\x0cUid:\t0 0 0 0", **made.its, "Zzz": "\x85CapPrm:\tffffffff"}
    assert "a security module" in made.refused()


def test_other_systems_are_told_what_works_there(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert made.refused() == NOT_LINUX
    assert "gctui run, or a pipe" in NOT_LINUX


@as_root
def test_nobody_is_refused_root_s_process() -> None:
    told = told_by_nobody(lambda: refused_by_the_kernel(os.getppid()))
    assert "it runs as root and gctui as nobody" in told
    assert f"sudo gctui attach {os.getpid()}" in told
    assert "run gctui as root" not in told


@as_root
def test_nobody_is_refused_its_own_process_that_is_not_dumpable() -> None:
    told = told_by_nobody(with_a_sibling(lambda: prctl(PR_SET_DUMPABLE, 0)))
    assert "PR_SET_DUMPABLE" in told


@as_root
def test_nobody_may_read_its_own_process_that_is() -> None:
    """The two above mean something only if this is allowed."""
    if read_number("/proc/sys/kernel/yama/ptrace_scope"):
        pytest.skip("Yama forbids it here")
    told = told_by_nobody(with_a_sibling(lambda: prctl(PR_SET_DUMPABLE, 1)))
    assert told == "not refused"


@as_root
def test_another_namespace_is_told_from_inside() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    parent, clone_newuser = os.getpid(), 0x10000000

    def enter_and_ask() -> str:
        if libc.unshare(clone_newuser):
            return "no user namespaces here"
        return refused_by_the_kernel(parent)

    told = told_by_child(enter_and_ask)
    if told.startswith("no "):
        pytest.skip(told)
    assert "another user namespace" in told


def test_what_we_may_already_needs_no_privilege(made: Made) -> None:
    made.refused()
    assert what_gives_privilege("gctui ps", proc=made.root / "proc") == "use sudo gctui ps"
    made.ours["CapEff"] = ALL_CAPABILITIES
    made.refused()
    assert what_gives_privilege("gctui ps", proc=made.root / "proc") == ""


def refused_by_the_kernel(pid: int) -> str:
    try:
        ProcessMemory(pid).close()
    except PermissionError:
        return why_refused(pid)
    return "not refused"


def with_a_sibling(prepare: Callable[[], object]) -> Callable[[], str]:
    """Return a question about another process of the same user, which prepares itself first."""

    def ask() -> str:
        ready, say_ready = os.pipe()
        hold, _release = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(_release)
            prepare()
            os.write(say_ready, b".")
            os.read(hold, 1)
            os._exit(0)
        os.read(ready, 1)
        told = refused_by_the_kernel(pid)
        os.close(_release)
        os.waitpid(pid, 0)
        return told

    return ask


def told_by_nobody(ask: Callable[[], str]) -> str:
    def become_nobody_and_ask() -> str:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        # Whoever changes its user is no longer dumpable; what it starts inherits that.
        prctl(PR_SET_DUMPABLE, 1)
        return ask()

    return told_by_child(become_nobody_and_ask)


def told_by_child(ask: Callable[[], str]) -> str:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            told = ask()
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(write_end, told.encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        told = answer.read()
    os.waitpid(pid, 0)
    return told


def prctl(option: int, value: int) -> None:
    assert ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0


def read_number(path: str) -> int:
    return int(Path(path).read_text()) if Path(path).exists() else 0
