"""The summary and the ticker, as text."""

from gctui.events import Process
from gctui.model.feed import Frame, Phase, Status
from gctui.model.state import ProgramState
from gctui.report.plain import summary, ticker_head, ticker_line
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES


def frame_of(data: bytes, *samples: Process, label: str = "app.log") -> Frame:
    state = ProgramState()
    for event in scan([data]):
        state.apply(event)
    for sample in samples:
        state.apply(sample)
    snapshot = state.snapshot()
    status = Status(label, Phase.ENDED, ended="end of log")
    return Frame(1, snapshot, snapshot.now_s, status, snapshot.count("text"))


def test_summary_of_a_log() -> None:
    text = "\n".join(summary(frame_of((SAMPLES / "demo" / "leak.log").read_bytes())))
    assert "gctui: app.log: 103 collections in 48.6 s; end of log" in text
    assert "live 303 MiB" in text
    assert "pauses   median 1" in text


def test_summary_adds_up_to_rss() -> None:
    data = (SAMPLES / "demo" / "leak.log").read_bytes()
    sample = Process(rss_bytes=700 << 20, vms_bytes=2 << 30, cgroup_limit_bytes=1 << 30)
    text = "\n".join(summary(frame_of(data, sample)))
    assert "= RSS 700 MiB of 1.00 GiB limit" in text
    assert "unattributed" in text
    assert "VIRT 2.00 GiB" in text


def test_summary_without_a_trace_says_what_would_make_one() -> None:
    lines = list(summary(frame_of(b"hello\nworld\ngc 1 @0.1s 2\n")))
    assert "0 collections" in lines[0]
    assert "GODEBUG=gctrace=1" in lines[1]
    assert "line 3, column 7" in lines[2]


def test_a_label_cannot_act_on_the_terminal() -> None:
    text = "\n".join(summary(frame_of(b"", label="a\x1b]52;c;x\x07b")))
    assert "\x1b" not in text
    assert "\x07" not in text


def test_ticker_columns_line_up() -> None:
    for path in sorted(SAMPLES.rglob("*.log")):
        line = ticker_line(frame_of(path.read_bytes()))
        assert len(line) == len(ticker_head()), line
