"""What waits for more to come does not wait for long: nobody would see it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from gctui.session.live import LiveSession
from gctui.session.replay import ReplaySession
from gctui.sources.follow import FollowedFile
from gctui.sources.spool import Channel, Spool

BEGUN = b"gc 7 @0.716s 7%: 2.1+0.3user line\n"
SNAPSHOT = (
    b"SCHED 1003ms: gomaxprocs=2 idleprocs=1 threads=4 spinningthreads=0 needspinning=0 "
    b"idlethreads=2 runqueue=0 gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false\n"
    b"  G1: status=4(sleep) m=nil lockedm=nil\n"
)
PATIENCE_S = 60


def happens(what: Callable[[], bool]) -> bool:
    until_s = time.monotonic() + PATIENCE_S
    while not what() and time.monotonic() < until_s:
        time.sleep(0.02)
    return what()


def test_the_pieces_of_a_line_that_nobody_ends_are_shown() -> None:
    spool = Spool()
    session = LiveSession(spool, "x")
    session.start()
    spool.put(Channel.STDERR, BEGUN + b"another line\n")
    assert happens(lambda: any("another line" in text for text in session.text(0, 10)[1]))
    assert not session.has_ended
    spool.close()
    session.join(PATIENCE_S)


def test_a_snapshot_of_the_scheduler_is_shown_though_no_other_follows() -> None:
    spool = Spool()
    session = LiveSession(spool, "x")
    session.start()
    spool.put(Channel.STDERR, SNAPSHOT)
    assert happens(lambda: session.frame().snapshot.count("sched") == 1)
    assert session.frame().snapshot.figures.snapshot is not None
    spool.close()
    session.join(PATIENCE_S)


def test_a_channel_settles_though_the_other_one_talks() -> None:
    spool = Spool()
    session = LiveSession(spool, "x")
    session.start()
    spool.put(Channel.STDERR, BEGUN)
    done = threading.Event()

    def talk() -> None:
        while not done.wait(0.05):
            spool.put(Channel.STDOUT, b"talk\n")

    talker = threading.Thread(target=talk)
    talker.start()
    seen = happens(lambda: any("gc 7" in text for text in session.text(0, 1 << 20)[1]))
    done.set()
    talker.join()
    spool.close()
    session.join(PATIENCE_S)
    assert seen


def test_what_a_followed_file_ends_with_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"begin\n" * 5 + SNAPSHOT)
    session = ReplaySession([FollowedFile(str(path))])
    session.start()
    assert happens(lambda: session.frame().snapshot.count("sched") == 1)
    session.stop()
    session.join(PATIENCE_S)
