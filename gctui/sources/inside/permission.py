"""Why the kernel forbids to read a process's memory, and what would allow it: told by facts.

The order of the checks is the kernel's (kernel/ptrace.c: user, dumpable; security/commoncap.c:
capabilities; security/yama), but what no privilege changes stands first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gctui.sources.inside.proc_files import (
    PROC,
    link_target,
    read_bytes,
    read_stat,
    read_status,
    why_no_proc,
)

NOT_LINUX = (
    "reading a running program works on Linux only; on macOS use a trace: gctui run, or a pipe"
)

_CAP_SYS_PTRACE = 1 << 19
_EVERY_USER = ["0", "0", "4294967295"]
_YAMA_NEEDS_KINSHIP, _YAMA_ADMIN_ONLY, _YAMA_NOBODY = 1, 2, 3
_CONTAINER_MARKS = (".dockerenv", "run/.containerenv")
_CONTAINER_GROUPS = ("docker", "kubepods", "containerd", "libpod", "lxc")
_PID = "{PID}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What forbids it, and what would allow it; neither names the process."""

    cause: str
    remedy: str

    def short(self, pid: int | str = "PID") -> str:
        """Return both, so that the same reason of two processes reads the same."""
        return f"{self.cause}; {self.remedy}".replace(_PID, str(pid))


def on_linux() -> bool:
    """Whether this system has the files that tell about other processes."""
    return sys.platform == "linux"


def why_none_can_be_read(proc: Path = PROC) -> str:
    """Return why this system tells nothing of any process; empty where it does."""
    if not on_linux():
        return NOT_LINUX
    why = why_no_proc(proc)
    return why and f"{why}, so nothing can be read of a running program"


def why_refused(pid: int, *, proc: Path = PROC) -> str:
    """Return one sentence: which setting forbids reading a process, and what would allow it."""
    if why := why_none_can_be_read(proc):
        return why
    return why_nothing_to_read(pid, proc=proc) or (
        f"process {pid} cannot be read: {refusal(pid, proc=proc).short(pid)}"
    )


def why_nothing_to_read(pid: int, *, proc: Path = PROC) -> str:
    """Return why there is no program behind a number; empty when there is one."""
    stat = read_stat(pid, proc)
    if stat is None:
        return f"no process {pid}{_why_unseen(proc)}"
    if stat.is_kernel_thread:
        return f"process {pid} is a thread of the kernel: no program runs in it"
    if stat.has_ended:
        return f"process {pid} has ended, and waits for its parent to take note of it"
    return ""


def refusal(pid: int, *, proc: Path = PROC) -> Refusal:
    """Return why a living process is refused to us."""
    facts = _Facts(pid=pid, proc=proc, its=read_status(pid, proc), ours=read_status("self", proc))
    for check in (_forbidden_to_all, _other_namespace):
        found = check(facts)
        if found is not None:
            return found
    if not facts.is_privileged:
        for check in (_other_user, _other_group, _not_dumpable, _more_capable, _yama, _contained):
            found = check(facts)
            if found is not None:
                return found
    return _security_module(facts)


def what_gives_privilege(command: str, *, proc: Path = PROC) -> str:
    """Return how `command` gets the right to read others' processes; empty when it has it."""
    ours = read_status("self", proc)
    return "" if _has_ptrace(ours, "CapEff") else _privilege(ours, proc, f"use sudo {command}")


@dataclass(frozen=True, slots=True)
class _Facts:
    pid: int
    proc: Path
    its: Mapping[str, str]
    ours: Mapping[str, str]

    @property
    def is_privileged(self) -> bool:
        return _has_ptrace(self.ours, "CapEff")

    @property
    def yama(self) -> int:
        data = read_bytes(f"{self.proc}/sys/kernel/yama/ptrace_scope").strip()
        return int(data) if data.isdigit() else 0

    def privilege(self, otherwise: str = "") -> str:
        return _privilege(self.ours, self.proc, f"use sudo gctui attach {_PID}{otherwise}")


def _forbidden_to_all(facts: _Facts) -> Refusal | None:
    if facts.yama != _YAMA_NOBODY:
        return None
    return Refusal(
        "kernel.yama.ptrace_scope = 3 forbids it to everyone, root too, until a reboot",
        "use a trace: gctui run, or a pipe",
    )


def _other_namespace(facts: _Facts) -> Refusal | None:
    """Tell by the links, or, where those are hidden, by the maps, which are never."""
    links = [link_target(f"{facts.proc}/{who}/ns/user") for who in ("self", facts.pid)]
    maps = [read_bytes(f"{facts.proc}/{who}/uid_map").split() for who in ("self", facts.pid)]
    differ = links[0] != links[1] if all(links) else maps[0] != maps[1]
    is_outermost = [os.fsdecode(word) for word in maps[0]] == _EVERY_USER
    if not differ or (is_outermost and facts.is_privileged):
        return None
    inside = "or run gctui inside that container"
    return Refusal(
        "it is in another user namespace (a container's, or the one around ours), where "
        "gctui's rights do not count",
        facts.privilege(f", {inside}") if is_outermost else f"run gctui on the host, {inside}",
    )


def _other_user(facts: _Facts) -> Refusal | None:
    ours, its = _ids(facts.ours, "Uid"), _ids(facts.its, "Uid")
    others = [uid for uid in its[:3] if uid != ours[-1]]
    if not others:
        return None
    owner = user_name(others[0])
    otherwise = "" if owner == "root" else f", or run gctui as {owner}"
    return Refusal(
        f"it runs as {owner} and gctui as {user_name(ours[-1])}", facts.privilege(otherwise)
    )


def _other_group(facts: _Facts) -> Refusal | None:
    ours, its = _ids(facts.ours, "Gid"), _ids(facts.its, "Gid")
    others = [gid for gid in its[:3] if gid != ours[-1]]
    if not others:
        return None
    owner = group_name(others[0])
    return Refusal(
        f"it runs with the group {owner} and gctui with {group_name(ours[-1])}",
        facts.privilege(f", or sg {owner} -c 'gctui attach {_PID}'"),
    )


def _not_dumpable(facts: _Facts) -> Refusal | None:
    """Tell by the owner of its files: the folder itself stays with the user."""
    try:
        owner = (facts.proc / str(facts.pid) / "status").stat().st_uid
    except OSError:
        return None
    if owner == _ids(facts.its, "Uid")[1]:
        return None
    return Refusal(
        "it is protected by its own privileges (setuid, file capabilities, or "
        "prctl PR_SET_DUMPABLE)",
        facts.privilege(),
    )


def _more_capable(facts: _Facts) -> Refusal | None:
    its, ours = (int(status.get("CapPrm", "0"), 16) for status in (facts.its, facts.ours))
    if not its & ~ours:
        return None
    return Refusal("it holds capabilities that gctui lacks", facts.privilege())


def _yama(facts: _Facts) -> Refusal | None:
    if facts.yama == _YAMA_ADMIN_ONLY:
        return Refusal(
            "kernel.yama.ptrace_scope = 2 leaves it to administrators", facts.privilege()
        )
    if facts.yama == _YAMA_NEEDS_KINSHIP and not _descends_from_us(facts):
        return Refusal(
            "kernel.yama.ptrace_scope = 1 allows it for what gctui itself started only",
            "start it with gctui run -- CMD, or "
            + facts.privilege(", or sudo sysctl kernel.yama.ptrace_scope=0"),
        )
    return None


def _descends_from_us(facts: _Facts) -> bool:
    own = facts.ours.get("Pid")
    pid, seen = facts.its.get("PPid", "0"), set[str]()
    while pid not in seen and pid != "0":
        if pid == own:
            return True
        seen.add(pid)
        pid = read_status(pid, facts.proc).get("PPid", "0")
    return False


def _contained(facts: _Facts) -> Refusal | None:
    if not _in_container(facts.proc) or _has_ptrace(facts.ours, "CapBnd"):
        return None
    return Refusal("this container runs without CAP_SYS_PTRACE", facts.privilege())


def _security_module(facts: _Facts) -> Refusal:
    modules = os.fsdecode(read_bytes(f"{facts.proc.parent}/sys/kernel/security/lsm")).strip()
    label = os.fsdecode(read_bytes(f"{facts.proc}/self/attr/current")).strip("\0\n ")
    details = [
        f"active: {modules}" if modules else "",
        f"gctui runs as {label}" if label and label != "unconfined" else "",
        "a seccomp filter is on gctui" if facts.ours.get("Seccomp") == "2" else "",
    ]
    told = "; ".join(filter(None, details))
    return Refusal(
        "users and capabilities allow it, so a security module or a seccomp filter forbids it"
        + (f" ({told})" if told else ""),
        "allow ptrace in its policy (AppArmor: a ptrace rule; SELinux: deny_ptrace off)",
    )


def _privilege(ours: Mapping[str, str], proc: Path, by_sudo: str) -> str:
    """Return what gives CAP_SYS_PTRACE: sudo does not where the whole session is barred from it."""
    if _has_ptrace(ours, "CapBnd") and ours.get("NoNewPrivs", "0") == "0":
        return by_sudo
    if not _in_container(proc):
        return (
            "start gctui outside this service or sandbox, which withholds CAP_SYS_PTRACE "
            "from sudo too"
        )
    if _in_kubernetes(proc):
        return (
            "give the container securityContext.capabilities.add: [SYS_PTRACE], or use "
            "kubectl debug --profile=general --target=CONTAINER"
        )
    return "start the container with docker run --cap-add=SYS_PTRACE"


def _why_unseen(proc: Path) -> str:
    for line in os.fsdecode(read_bytes(f"{proc}/self/mounts")).split("\n"):
        words = line.split()
        if words[1:2] == ["/proc"] and any(
            option.startswith("hidepid=") and option not in {"hidepid=0", "hidepid=off"}
            for option in words[3].split(",")
        ):
            return " that gctui can see: /proc is mounted with hidepid; sudo may see it"
    if not _in_container(proc):
        return ""
    if _in_kubernetes(proc):
        return (
            " in this container: another one's is seen with shareProcessNamespace: true, or "
            "with kubectl debug --target=CONTAINER"
        )
    return " in this container: another one's is seen with docker run --pid=container:NAME"


def _in_container(proc: Path) -> bool:
    return (
        any((proc.parent / mark).exists() for mark in _CONTAINER_MARKS)
        or any(word in _groups_of_first(proc) for word in _CONTAINER_GROUPS)
        or _in_kubernetes(proc)
    )


def _in_kubernetes(proc: Path) -> bool:
    # sudo empties the environment; the control group's name may be hidden.
    return "KUBERNETES_SERVICE_HOST" in os.environ or "kubepods" in _groups_of_first(proc)


def _groups_of_first(proc: Path) -> str:
    return os.fsdecode(read_bytes(f"{proc}/1/cgroup"))


def _has_ptrace(status: Mapping[str, str], which: str) -> bool:
    return bool(int(status.get(which, "0"), 16) & _CAP_SYS_PTRACE)


def _ids(status: Mapping[str, str], kind: str) -> list[int]:
    """Return the real, effective, saved and file-system id."""
    found = [int(word) for word in status.get(kind, "").split()]
    return found if len(found) == 4 else [-1] * 4


def user_name(uid: int) -> str:
    """Return a user's name, or the number where it has none."""
    import pwd  # noqa: PLC0415 - Unix only

    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return str(uid)


def group_name(gid: int) -> str:
    """Return a group's name, or the number where it has none."""
    import grp  # noqa: PLC0415 - Unix only

    try:
        return grp.getgrgid(gid).gr_name
    except (KeyError, OverflowError):
        return str(gid)
