"""The scanner against what a fuzzer invents, guided by the code that its inputs reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus_files import sample_logs

FUZZED_S = 300
LONGEST_BYTES = 4096
pytestmark = pytest.mark.soak


def test_nothing_a_fuzzer_finds_breaks_the_scanner(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="pip install -e .[soak]")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for index, log in enumerate(sample_logs()):
        (corpus / str(index)).write_bytes(b"\0" + log.read_bytes()[: LONGEST_BYTES - 1])
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.soak.fuzz_scanner",
            corpus,
            f"-max_total_time={FUZZED_S}",
            f"-max_len={LONGEST_BYTES}",
            "-timeout=10",
            "-rss_limit_mb=1024",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=FUZZED_S + 120,
    )
    said = done.stderr[-2000:]
    assert done.returncode == 0, said
    print("fuzzed:", said.strip().splitlines()[-1])
