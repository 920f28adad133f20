"""The style of the HTML report: Okabe–Ito colours, light and dark by the reader's setting."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--faint:#59636e;--rule:#d5dae0;
--card:#f5f7f9;--s0:#0072b2;--s1:#d55e00;--s2:#007a5a;--alarm:#b3261e;--warn:#8a5300;--info:#0b5cad}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e6e9ec;--faint:#9aa4af;
--rule:#353c44;--card:#1d2227;--s0:#56b4e9;--s1:#e69f00;--s2:#2fc79a;--alarm:#ff8a80;
--warn:#f2b84b;--info:#7cbcff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main+main{margin-top:3rem;border-top:3px solid var(--rule);padding-top:1rem}
h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
.subtitle,.about,footer,.source{color:var(--faint)}
.subtitle{margin:.2rem 0 1rem}
.about,.source,footer{font-size:.87rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(13.5rem,1fr));gap:.6rem;margin:0}
.tiles div{background:var(--card);border:1px solid var(--rule);border-radius:.5rem;
padding:.6rem .8rem}
dt{color:var(--faint);font-size:.87rem}dd{margin:0}
.figure{font-size:1.4rem;font-weight:600;font-variant-numeric:tabular-nums}
.finding{background:var(--card);border:1px solid var(--rule);border-left:.3rem solid var(--info);
border-radius:.4rem;padding:.5rem .9rem;margin:.6rem 0}
.finding.warn{border-left-color:var(--warn)}.finding.alarm{border-left-color:var(--alarm)}
summary{font-weight:600;cursor:pointer}
.severity{text-transform:uppercase;font-size:.75rem;letter-spacing:.06em;color:var(--info);
margin-right:.3rem}
.warn .severity{color:var(--warn)}.alarm .severity{color:var(--alarm)}
.finding ul{margin:.4rem 0;padding-left:1.2rem}.finding p{margin:.4rem 0}
a{color:var(--info)}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--faint);font-size:12px;font-family:inherit}
.grid{stroke:var(--rule);stroke-width:1}
.restart{stroke:var(--ink);stroke-width:1;stroke-dasharray:1 4}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}
.line.s0{stroke:var(--s0)}.line.s1{stroke:var(--s1);stroke-dasharray:7 3}
.line.s2{stroke:var(--s2);stroke-dasharray:2 2}
.legend{margin:.2rem 0}
.key{display:inline-block;width:1.6rem;border-top:3px solid;vertical-align:middle;
margin:0 .4rem 0 .8rem}
.key.s0{border-color:var(--s0)}.key.s1{border-color:var(--s1);border-top-style:dashed}
.key.s2{border-color:var(--s2);border-top-style:dotted}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--rule);text-align:right;
vertical-align:top;font-variant-numeric:tabular-nums}
th{color:var(--faint);font-weight:500}
td:not(.words),th{white-space:nowrap}
.name,.words{text-align:left}
footer{margin-top:2rem;border-top:1px solid var(--rule);padding-top:.6rem}
@media print{body{max-width:none;padding:0;font-size:11.5px}section,.finding{break-inside:avoid}
section:has(.finding){break-inside:auto}h2{break-after:avoid}.wide{overflow-x:visible}
:root{font-size:12px;--paper:#fff;--ink:#000;--faint:#444;--rule:#bbb;--card:#fff;--s0:#0072b2;--s1:#d55e00;
--s2:#007a5a;--alarm:#b3261e;--warn:#8a5300;--info:#0b5cad}}
"""
