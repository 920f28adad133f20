"""The pieces of which prefixes consist, as patterns of bytes: stamps, names, levels, marks.

A piece that would be anything by itself says what stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gctui.trace.wall_clock import MONTHS, STAMPS

_PARTS: Mapping[bytes, bytes] = {
    b"name": rb"[\w./@:+-]{1,128}+",
    # Letters of other scripts too, as UTF-8; no signs, dashes or frames.
    b"letters": rb"(?:[\w./@:+-]++|[\xc3-\xdf][\x80-\xbf]|[\xe1\xe3-\xed][\x80-\xbf]{2}){1,128}+",
    b"host": rb"[\w.:-]{1,255}+",
    b"tag": rb"[\w./@-]{1,128}+",
    b"colour": rb"\x1b\[[0-9;]{0,32}+m",
    b"colour?": rb"(?:\x1b\[[0-9;]{0,32}+m)?+",
    b"level": rb"(?i:trace|trc|debug|dbg|info|inf|notice|warning|warn|wrn|error|err|fatal|ftl|"
    rb"panic|success|critical)",
    b"date": rb"[0-9]{4}-[01][0-9]-[0-3][0-9]",
    b"clock": rb"[0-2][0-9]:[0-5][0-9]:[0-6][0-9]",
    b"month": b"(?:%b)" % "|".join(MONTHS).encode(),
    # How Kubernetes names the pods of a deployment or a daemon set: no vowels, so that no words.
    b"pod": rb"[a-z0-9.-]{1,250}?(?:-[bcdf-hj-np-tv-z2-9]{6,10})?-(?=[a-z]*+[0-9])"
    rb"[bcdf-hj-np-tv-z2-9]{5}",
    b"container": rb"[a-z0-9-]{1,63}+",
}

_HCLOG = (
    # Behind its stamp: [INFO]  consul: , [DEBUG] provider.x: stderr:
    rb"(?<=[0-9Z] )\[(?:(?:TRACE|DEBUG|ERROR)\]|(?:INFO|WARN)\] ) "
    rb"(?P<source>[A-Za-z][\w./@-]{0,127}+): (?:std(?:err|out): )?+"
)

_LEVEL = (
    rb"\[(?:%(level)b|stdout|stderr)\]:?+[ \t]|"
    # The last two are logrus's, and those of log15 and go-ethereum, before their stamp.
    rb"%(level)b(?: *+\| |\b(?::?+[ \t]|(?=\x1b))|\[[0-9]{4}\] |(?=\[[0-9]{2}-[0-9]{2}\|))"
)

_SOURCES = {
    # kubectl --prefix, concurrently, kubetail: [pod/app-7d9c5b7f4d-x2x8q/app] [web]
    # A stamp, a time since the start or an identifier of a request is no name.
    "bracketed": rb"\[(?!(?:0x|[a-f]*+[0-9])[0-9a-f]{3,64}+\])"
    rb"(?P<source>[A-Za-z][\w./@:+-]{0,127}+|%(pod)b %(container)b)\] ",
    # docker compose, honcho, foreman, pm2, tilt: app-1  | , web.1    | , 0|app      |
    "piped": rb"(?P<source>(?:[0-9]{1,4}+\|)?+%(letters)b) *+(?:\||\xe2\x94\x82)(?: |$|(?=\x1b))",
    # Python's logging, as most set it up: - child - INFO -
    "dashed": rb"- (?P<source>[\w.-]{1,128}+) - %(level)b - ",
    # RFC 5424, behind its stamp: host app 123 - -
    "rfc5424": rb"%(host)b (?P<source>%(name)b (?:[0-9]{1,10}+|-)) [\w.-]{1,32}+ "
    rb"(?:-|(?:\[(?:[^\]\\]|\\.){1,512}+\]){1,16}+) ",
    # Heroku's drains, behind their stamp: host app web.1 -
    "heroku_drain": rb"%(host)b (?P<source>%(name)b [a-z][\w-]{0,64}+\.[0-9]{1,5}+) - (?:- )?+",
    # fluentd's stdout, before what it wraps
    "fluentd": rb"(?<=\.[0-9]{9} [+-][0-9]{4} )(?P<source>[\w.*-]{1,128}+): ",
    # syslog, journald, logger, heroku: host app[123]: , app[web.1]:
    "tagged": rb"(?:%(host)b )?+(?P<source>%(tag)b\[[\w.-]{1,64}+\]): ",
    # The same of a program that does not say its process
    "syslog_tag": rb"(?:(?<=%(month)b [ 0-3][0-9] %(clock)b )|"
    rb"(?<=%(month)b [ 0-3][0-9] %(clock)b\.[0-9]{6} )|"
    rb"(?<=T%(clock)b[+-][0-9]{4} )|(?<=\.[0-9]{6}[+-][0-9]{4} )|"
    rb"(?<=T%(clock)b[+-][0-9]{2}:[0-9]{2} )|(?<=\.[0-9]{6}[+-][0-9]{2}:[0-9]{2} ))"
    rb"%(host)b (?P<source>%(tag)b): ",
    # fly logs: app[e286de4f711e86] ams [info]
    "fly": rb"(?P<source>[\w-]{1,64}+\[[0-9a-f]{8,32}+\]) %(colour?)b[a-z]{3}%(colour?)b "
    rb"\[%(colour?)b%(level)b%(colour?)b\] ?+",
    # aws logs tail: the stream, of a task, a container, a function or a machine
    "cloudwatch": rb"(?<=\+00:00 )(?P<source>(?=[^ ]*[0-9])[^\s:*\x1b]{1,255}?/[^\s:*\x1b]{1,255}+|"
    rb"[0-9a-f-]{32,64}+|i-[0-9a-f]{8,17}+) ",
    # logcli: the labels
    "loki": rb"(?<=[0-9Z] )\{(?P<source>"
    rb'(?:[A-Za-z_]\w{0,63}+="(?:[^"\\]|\\.){0,256}+"(?:, ?)?+){0,32}+)\} ++',
    # stern: pod and container, before them the namespace
    "stern": rb"\A(?!pods? |containers? )(?P<source>(?:[a-z0-9-]{1,63}+ )?%(pod)b %(container)b) ",
    # The same of a stateful set, whose pods are counted; behind one more word it would be a text
    "stern_counted": rb"\A(?P<source>[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?-(?:0|[1-9][0-9]{0,2}) "
    rb"[a-z][a-z0-9-]{1,62}+) ",
    # With its namespace it is one only where the container is called as the set is, or as the
    # set's name begins: prod kafka-0 kafka, monitoring prometheus-k8s-0 prometheus
    "stern_namespaced": rb"\A(?P<source>[a-z0-9-]{1,63}+ "
    rb"(?P<set>[a-z](?:[a-z0-9-]{0,61}?[a-z0-9]))(?:-[a-z0-9-]{1,60}?)?"
    rb"-(?:0|[1-9][0-9]{0,2}) (?P=set)) ",
    # And as on a terminal, each name in its colour
    "stern_coloured": rb"\A(?P<source>(?:%(colour)b[a-z0-9.-]{1,253}+%(colour)b ){1,2}"
    rb"%(colour)b%(container)b)%(colour)b ",
    # gh run view --log: job, step
    "job": rb"\A(?P<source>[^\t\x1b]{1,256}+)\t"
    rb"(?=[^\t\x1b]{1,256}+\t(?:\xef\xbb\xbf)?%(date)bT%(clock)b)",
    "step": rb"(?<=\t)(?P<source>[^\t\x1b]{1,256}+)\t(?=(?:\xef\xbb\xbf)?%(date)bT%(clock)b)",
    # docker build --progress=plain: #12 0.345
    "buildkit": rb"\A(?P<source>#[0-9]{1,4}+) [0-9]{1,6}+\.[0-9]{1,3}+ ",
    "hclog": _HCLOG,
    # zap's console, behind the level
    "zap": rb"(?<=[A-Zm]\t)(?P<source>[A-Za-z][\w.-]{0,127}+)\t",
    # log.New(os.Stderr, "child: ", log.LstdFlags)
    "go_log_prefix": rb"(?P<source>%(tag)b): (?=[0-9]{4}/[01][0-9]/[0-3][0-9] %(clock)b)",
}

_REST = {
    "cri": rb"std(?:out|err) [FP] ",
    # Where syslog comes over TCP, its length stands before it.
    "syslog_priority": rb"(?:[1-9][0-9]{0,5}+ )?+<[0-9]{1,3}+>(?:1 )?+",
    # The Docker API's stream, of a container without a terminal: which output, how many bytes
    "docker_stream": rb"[\x00-\x02]\x00\x00\x00\x00\x00[\x00-\xff]{2}",
    # journalctl -o export, -o verbose
    "journal_export": rb"MESSAGE=",
    "buildkite": rb"\x1b_bk;t=[0-9]{1,19}\x07",
    # date, journalctl -o short-full
    "weekday": rb"\[?+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=%(month)b [ 0-3][0-9] |%(date)b )",
    # GitLab's job logs, behind the stamp
    "gitlab": rb"[0-9]{2}[OE][ +]",
    # loguru: | INFO     | app.child:pump:12 -
    "loguru": rb"\| %(colour?)b%(level)b *+%(colour?)b ?+\| (?:%(colour?)b[\w.]{1,128}+%(colour?)b:"
    rb"%(colour?)b[\w<>]{1,128}+%(colour?)b:%(colour?)b[0-9]++%(colour?)b [|-] )?+",
    # Go's log with Lshortfile, zerolog, zap: main.go:12:
    "placed": rb"[\w./@-]{1,255}?\.go:[0-9]{1,7}+(?:: | > |\t)",
    # The kernel's clock: dmesg, journalctl -o short-monotonic
    "monotonic": rb"\[ {0,7}+[0-9]{1,8}+\.[0-9]{6}\] ",
    # grep -H, grep -n
    "grepped": rb"[\w./-]{1,255}?\.(?:log|txt|out|err)(?:\.[0-9]{1,4}+)?+[:-]"
    rb"(?:[0-9]{1,10}+[:-])?+",
    # less -N
    "paged": rb" {2,8}+[0-9]{1,7}+ (?! )",
    # cat -n, nl; grep -n
    "numbered": rb" *+[0-9]{1,10}+(?:\t|: ?+)",
    "commented": rb"(?:#|//|>|\*|--|-|;)(?= )",
    "quoted": rb"\A>++",
    "diffed": rb"\A[+-](?![\s+-])",
    "coloured": rb"%(colour)b",
    "blank": rb"[ \t]++",
    "byte_order_mark": rb"\xef\xbb\xbf",
}

_ZONE = rb"(?: [A-Z]{2,3}T(?= ))?+(?: m=[+-][0-9]{1,10}\.[0-9]{9})?+"
"""CET, PDT: nobody knows how far from UTC, for most of them stand for several zones. And what Go
prints of its monotonic clock.
"""

PIECES: Mapping[str, bytes] = {
    **{
        name: rb"\[?+(?P<wall>" + stamp + rb")\]?+" + _ZONE + rb"(?::?+[ \t]|$|(?=\x1b))"
        for name, stamp in STAMPS.items()
    },
    **{
        name: piece % _PARTS
        # It begins with a level.
        for name, piece in {"hclog": _HCLOG, "level": _LEVEL, **_SOURCES, **_REST}.items()
    },
}
"""By name, in the order in which they are to be tried. Groups: `wall`, or `source`, or none."""

NAMES = frozenset(_SOURCES)
"""The pieces that say who printed the line."""
