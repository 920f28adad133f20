"""What a check found: as text, as JSON, and as annotations of GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gctui.analysis.neutral import neutral
from gctui.analysis.run_check import Checked, CheckResult, Objection, Place
from gctui.report.annotation import annotation
from gctui.report.compare_json import rounded
from gctui.report.paper import Paper

_LONGEST_NAME = 400
_INDENT = 8


def check_lines(found: CheckResult, paper: Paper) -> Iterator[str]:
    """Yield one line where all is good; otherwise what is broken, each with its lines."""
    label = neutral(found.label, _LONGEST_NAME)
    if found.is_good:
        yield f"good: {label}: {_good(found)}"
        return
    several = len(found.programs) > 1
    yield from _of_several(found, paper) if several else _of_one(found, paper)
    for objection in found.objections:
        yield from _told("FOUND", _objection(objection), objection.places, paper)
    about = f"{len(found.programs)} programs" if several else neutral(found.told)
    yield from paper.wrapped(f"{label} ({about}): {_counted(found)}")


def github_lines(found: CheckResult) -> Iterator[str]:
    """Yield a line that GitHub shows for everything that is broken."""
    for each in found.broken:
        yield _annotation(each.sentence, "gctui check", each.places, found)
    for objection in found.objections:
        title = f"gctui: {objection.name}"
        told = f"{objection.program}: {objection.told}" if objection.program else objection.told
        yield _annotation(told, title, objection.places, found)


def check_json(found: CheckResult) -> dict[str, Any]:
    """Return everything; what is not known is null. Of several programs, entries name one."""
    broken = {id(each) for each in found.broken}
    return {
        "schema": "gctui.check/1",
        "file": found.label,
        "about": found.told,
        "good": found.is_good,
        "limits": [
            {
                **_program_json(each.program),
                "limit": each.limit.written,
                "figure": each.limit.figure,
                "bound": each.limit.bound.value,
                "value": rounded(each.value),
                "at": rounded(each.limit.value),
                "broken": id(each) in broken,
                "lines": _places_json(each.places),
            }
            for each in found.checked
        ],
        "fail_on": list(found.fail_on),
        "findings": [
            {
                **_program_json(each.program),
                "name": each.name,
                "severity": each.severity,
                "text": each.told,
                "lines": _places_json(each.places),
            }
            for each in found.objections
        ],
    }


def _told(head: str, told: str, places: Sequence[Place], paper: Paper) -> Iterator[str]:
    first, *rest = paper.wrapped(neutral(told, 10 * _LONGEST_NAME), _INDENT)
    shown = paper.bold(head) if head.isupper() else head
    yield f"{shown}{' ' * (_INDENT - len(head))}{first.lstrip()}"
    yield from rest
    for place in places:
        where = f"{neutral(place.file, _LONGEST_NAME)}:" if place.file else "line "
        yield from paper.wrapped(f"{where}{place.line}: {neutral(place.told)}", _INDENT)


def _of_one(found: CheckResult, paper: Paper) -> Iterator[str]:
    """Yield every limit, in the order in which they were asked for."""
    broken = {id(each) for each in found.broken}
    for each in found.checked:
        yield from _told(_head(each, id(each) in broken), each.sentence, each.places, paper)


def _of_several(found: CheckResult, paper: Paper) -> Iterator[str]:
    """Yield what is broken; then of each limit the program that is closest to it and keeps it."""
    for each in found.broken:
        yield from _told(_head(each, True), each.sentence, each.places, paper)
    for each, more in found.unbroken:
        others = f"; {more} program{'' if more == 1 else 's'} more" if more else ""
        yield from _told(_head(each, False), each.sentence + others, (), paper)


def _head(each: Checked, is_broken: bool) -> str:
    if each.is_unknown:
        return "UNKNOWN" if is_broken else "unknown"
    return "BROKEN" if is_broken else "kept"


def _good(found: CheckResult) -> str:
    parts = [neutral(each.sentence, _LONGEST_NAME) for each in found.tightest]
    if len(found.programs) > 1:
        parts.insert(0, f"{len(found.programs)} programs, the worst of each limit")
    if found.fail_on:
        parts.append(f"no finding of {', '.join(found.fail_on)}")
    return "; ".join(parts)


def _objection(objection: Objection) -> str:
    program = f"{neutral(objection.program, _LONGEST_NAME)}: " if objection.program else ""
    return f"{program}{objection.name} ({objection.severity}): {neutral(objection.told)}"


def _program_json(name: str) -> dict[str, str]:
    return {"program": name} if name else {}


def _counted(found: CheckResult) -> str:
    parts = []
    if found.checked:
        limits = "limit" if len(found.checked) == 1 else "limits"
        whole = f"{len(found.checked)} {limits}"
        broken = len(found.broken)
        parts.append(f"{broken} of {whole} not kept" if broken else f"{whole} kept")
    if found.objections:
        count = len(found.objections)
        parts.append(f"{count} finding{'' if count == 1 else 's'}")
    return ", ".join(parts)


def _annotation(text: str, title: str, places: Sequence[Place], found: CheckResult) -> str:
    first = next((place for place in places if place.file), None)
    if first is None:
        return annotation(text, file=found.file, title=title)
    return annotation(f"{text} ({first.told})", file=first.file, line=first.line, title=title)


def _places_json(places: Sequence[Place]) -> list[dict[str, Any]]:
    return [{"file": each.file, "line": each.line, "text": each.told} for each in places]
