"""Samples of single collections agree with the figures of the whole run."""

from __future__ import annotations

import pytest

from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.order_statistics import percentile
from gctui.analysis.run_figures import Measure
from gctui.session.whole_run import WholeRun
from gctui.sources.files import LogFile
from tests.corpus_files import SAMPLES

LOGS = [SAMPLES / "steady" / "all-gogc-100.log", SAMPLES / "demo" / "leak.log"]


@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.name)
def test_each_quantity_is_spread_as_the_run_says(log: object) -> None:
    samples = CycleSamples(set(Measure))
    reader = WholeRun("", samples=lambda: samples)
    reader.read(LogFile(str(log)))
    run, values = reader.figures(), samples.values()
    assert set(values) == set(run.spreads)
    for measure, spread in run.spreads.items():
        found = values[measure]
        assert len(found) == spread.count, measure
        for share, told in ((0.5, spread.p50), (0.9, spread.p90), (0.99, spread.p99)):
            if share != 0.5 or spread.count % 2:
                assert percentile(found, share) == pytest.approx(told, rel=0.01, abs=0.05), measure
        assert samples.worst(measure)[0].value == pytest.approx(spread.highest, rel=5e-3)


def test_the_worst_are_told_by_line_and_file() -> None:
    samples = CycleSamples({Measure.PAUSE})
    reader = WholeRun("", samples=lambda: samples)
    for log in LOGS:
        reader.read(LogFile(str(log)))
    run = reader.figures()
    worst = samples.worst(Measure.PAUSE)
    assert [(seen.file, seen.line, seen.number) for seen in worst] == [
        (str(LOGS[0]), 13, 13), (str(LOGS[0]), 30, 30), (str(LOGS[0]), 184, 184),
    ]  # fmt: skip
    assert worst[0].value == pytest.approx(6.309)
    assert samples.worst(Measure.MARK) == []
    assert samples.count == run.collections
