"""Each program runs once per toolchain and way to look at it, and every test gets what was seen."""

from __future__ import annotations

import pytest

from .observing import Seen, counted, traced
from .planted import CASES, Case

each_case = pytest.fixture(scope="session", params=CASES, ids=str)


@each_case
def by_counters(request: pytest.FixtureRequest) -> Seen:
    """A program looked at as `gctui attach` does."""
    return counted(_case(request))


@each_case
def by_trace(request: pytest.FixtureRequest) -> Seen:
    """A program's trace and its RSS, and nothing else."""
    return traced(_case(request))[0]


@each_case
def by_trace_and_mappings(request: pytest.FixtureRequest) -> Seen:
    """A program's trace, its RSS, and where the kernel has its pages."""
    return traced(_case(request))[1]


def _case(request: pytest.FixtureRequest) -> Case:
    case = request.param
    assert isinstance(case, Case)
    return case
