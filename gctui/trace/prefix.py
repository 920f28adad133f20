"""What loggers, supervisors and terminals put before a line: when it was printed, and by whom.

A prefix is a row of pieces, each of which is known: a time stamp, a container's name, a colour.
What is not made of them alone is no prefix but somebody's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gctui.events import Surroundings
from gctui.trace.wall_clock import STAMPS, wall_of

LONGEST_BYTES = 1024
"""No prefix is longer; what stands further behind is not looked for."""

_NAME = rb"[\w./@:+-]{1,128}+"
_SGR = rb"\x1b\[[0-9;]{0,32}+m"

_WORD = rb"(?i:trace|trc|debug|dbg|info|inf|notice|warning|warn|wrn|error|err|fatal|ftl|panic)"
_LEVEL = (
    _WORD + rb" *+\| |"
    rb"\[(?:" + _WORD + rb"|stdout|stderr)\]:?+[ \t]|" + _WORD + rb"\b:?+[ \t]"
    # logrus
    rb"|" + _WORD + rb"\[[0-9]{4}\] "
)

_SOURCES = {
    # kubectl --prefix, concurrently, stern: [pod/app-7d9c5b7f4d-x2x8q/app] [web]
    # A stamp, a time since the start or an identifier of a request is no name.
    "bracketed": rb"\[(?!(?:0x|[a-f]*+[0-9])[0-9a-f]{3,64}+\])"
    rb"(?P<source>[A-Za-z][\w./@:+-]{0,127}+)\] ",
    # docker compose, honcho, foreman, pm2: app-1  | , web.1    | , 0|app      |
    "piped": rb"(?P<source>(?:[0-9]{1,4}+\|)?+" + _NAME + rb") *+\|(?: |$|(?=\x1b))",
    # RFC 5424, behind its stamp: host app 123 - -
    "rfc5424": rb"[\w.:-]{1,255}+ (?P<source>"
    + _NAME
    + rb" (?:[0-9]{1,10}+|-)) (?:[\w.-]{1,32}+) (?:-|\[[^\]]{1,512}+\]) ",
    # syslog, journald, logger, heroku: host app[123]: , app[web.1]:
    "tagged": rb"(?:[\w.-]{1,255}+ )?+(?P<source>[\w./@-]{1,128}+\[[\w.-]{1,64}+\]): ",
}

_REST = {
    "cri": rb"std(?:out|err) [FP] ",
    "syslog_priority": rb"<[0-9]{1,3}+>(?:1 )?+",
    # GitLab's job logs, behind the stamp
    "gitlab": rb"[0-9]{2}[OE][ +]",
    # grep -H, grep -n
    "grepped": rb"[\w./-]{1,255}?\.(?:log|txt|out|err)(?:\.[0-9]{1,4}+)?+[:-]"
    rb"(?:[0-9]{1,10}+[:-])?+",
    # less -N
    "paged": rb" {2,8}+[0-9]{1,7}+ (?! )",
    # cat -n, nl; grep -n
    "numbered": rb" *+[0-9]{1,10}+(?:\t|: ?+)",
    "commented": rb"(?:#|//|>|\*|--|;)(?= )",
    "coloured": _SGR,
    "blank": rb"[ \t]++",
    "byte_order_mark": rb"\xef\xbb\xbf",
}

_PIECES: dict[str, bytes] = {
    **{
        name: rb"\[?+(?P<wall>" + stamp + rb")\]?+(?::?+[ \t]|$|(?=\x1b))"
        for name, stamp in STAMPS.items()
    },
    "level": _LEVEL,
    **_SOURCES,
    **_REST,
}
_EACH = {name: re.compile(source) for name, source in _PIECES.items()}
_NAMED = re.compile(rb"\?P<[a-z]+>")


@dataclass(frozen=True, slots=True)
class Shape:
    """The row of pieces that a stream's prefixes consist of, ready to be looked for again."""

    pieces: tuple[str, ...]
    pattern: re.Pattern[bytes]
    walls: tuple[tuple[int, str], ...]
    """The groups of its time stamps, and their kinds."""
    sources: tuple[int, ...]
    """The groups of its names."""

    def match(self, line: bytes) -> re.Match[bytes] | None:
        """Return the prefix at the beginning of `line`."""
        return self.pattern.match(line)

    def around(self, found: re.Match[bytes]) -> Surroundings:
        """Return what the prefix says."""
        groups = found.groups()
        stamps = ((kind, groups[index]) for index, kind in self.walls)
        names = [groups[index] for index in self.sources]
        return Surroundings(
            prefix=found[0].decode("utf-8", "surrogateescape"),
            wall=next((wall for kind, text in stamps if (wall := wall_of(kind, text))), None),
            source=b" ".join(names).decode("utf-8", "surrogateescape") if names else None,
        )


def shape_of(head: bytes) -> Shape | None:
    """Return the shape of `head` if all of it is a prefix, else None."""
    if not head or len(head) > LONGEST_BYTES:
        return None
    pieces: list[str] = []
    at = 0
    while at < len(head):
        step = _piece(head, at)
        if step is None:
            return None
        name, at = step
        pieces.append(name)
    return _shape(tuple(pieces))


def _piece(head: bytes, at: int) -> tuple[str, int] | None:
    for name, pattern in _EACH.items():
        found = pattern.match(head, at)
        if found is not None and found.end() > at:
            return name, found.end()
    return None


@lru_cache(maxsize=256)
def _shape(pieces: tuple[str, ...]) -> Shape:
    sources = (_NAMED.sub(b"", _PIECES[name]).replace(b"|$", b"") for name in pieces)
    source = b"".join(b"(?:%b)" % piece for piece in sources)
    grouped = [name for name in pieces if name in STAMPS or name in _SOURCES]
    return Shape(
        pieces,
        re.compile(source),
        walls=tuple((index, name) for index, name in enumerate(grouped) if name in STAMPS),
        sources=tuple(index for index, name in enumerate(grouped) if name in _SOURCES),
    )
