"""The style sheet of a report's page: light and dark, narrow and wide, and on paper."""

from collections.abc import Callable
from typing import Final

from primia_core.reporting.fonts import BOLD, REGULAR, as_data
from primia_core.reporting.palette import TONES, Tone

RULES: Final = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
.frame{display:grid;grid-template-columns:250px minmax(0,820px);gap:40px;justify-content:center;padding:36px 28px 80px}
nav{position:sticky;top:28px;align-self:start;max-height:calc(100vh - 56px);overflow:auto;font-size:13px}
nav h2{font-size:12px;color:var(--ink3);font-weight:600;margin:0 0 8px;border:0;padding:0}
nav ol{list-style:none;margin:0;padding:0}
nav li a{display:grid;grid-template-columns:26px 1fr;padding:3px 8px 3px 0;color:var(--ink2);text-decoration:none;border-radius:5px}
nav li a:hover{color:var(--accent)}
nav li li a{grid-template-columns:34px 1fr;padding-left:26px;font-size:12.5px;color:var(--ink3)}
.top{border-bottom:2px solid var(--ink);padding-bottom:20px;margin-bottom:8px}
.top p{margin:0;color:var(--ink2)}
h1{font-size:30px;line-height:1.2;letter-spacing:-.018em;margin:0 0 6px;font-weight:600}
h2{font-size:22px;letter-spacing:-.012em;margin:52px 0 12px;padding-top:14px;border-top:1px solid var(--line);font-weight:600}
h3{font-size:16.5px;letter-spacing:-.006em;margin:32px 0 8px;font-weight:600}
h2 .no,h3 .no{color:var(--ink3);font-weight:400;margin-right:.6em}
h2,h3{scroll-margin-top:16px;break-after:avoid}
p{margin:0 0 12px;max-width:72ch}
p.lead{font-size:16px}
p.note{color:var(--ink3);font-size:13.5px}
p.warning{border-left:3px solid var(--warn);padding:2px 0 2px 12px}
ul{margin:0 0 14px;padding-left:20px;max-width:72ch}
li{margin:2px 0}
code,.hash{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;font-size:.87em;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(150px,32%) 1fr;margin:0 0 16px;font-size:14px;border-top:1px solid var(--line)}
dt,dd{margin:0;padding:6px 0;border-bottom:1px solid var(--line)}
dt{color:var(--ink2);padding-right:16px}
dd{min-width:0;overflow-wrap:anywhere}
.table{overflow-x:auto;margin:0 0 18px}
table{border-collapse:collapse;width:100%;font-size:13px;line-height:1.42}
caption{text-align:left;font-weight:600;font-size:14px;padding:8px 0 6px;color:var(--ink)}
th,td{text-align:left;vertical-align:top;padding:5px 14px 5px 0;border-bottom:1px solid var(--line)}
th{color:var(--ink3);font-weight:600;font-size:12.5px;border-bottom-color:var(--ink3)}
td:last-child,th:last-child{padding-right:0}
.r{text-align:right}
td.r{white-space:nowrap}
tr.group th{color:var(--ink);padding-top:16px;font-size:13px;border-bottom-color:var(--line)}
.tablenote{color:var(--ink3);font-size:12.5px;margin:6px 0 0}
.mark{white-space:nowrap;font-weight:600}
.mark.long{white-space:normal}
.mark::before{content:"";display:inline-block;width:7px;height:7px;border-radius:50%;background:currentColor;margin-right:7px;vertical-align:1px}
.mark.bad::before{border-radius:1px}
.mark.warn::before{border-radius:1px;transform:rotate(45deg)}
.mark.quiet::before{background:none;box-shadow:inset 0 0 0 1.5px currentColor}
.ok{color:var(--ok)}.warn.mark{color:var(--warn)}.bad{color:var(--bad)}.quiet{color:var(--ink3)}
.see{white-space:nowrap;font-size:.94em}
figure{margin:0;min-width:0;break-inside:avoid}
figure.whole{margin:8px 0 18px}
svg{display:block;width:100%;height:auto;font-family:Inter,system-ui,sans-serif}
figcaption{color:var(--ink2);font-size:13px;margin-top:6px;line-height:1.45}
.side{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:22px 28px;align-items:start;margin:8px 0 18px}
.side.one{grid-template-columns:minmax(0,420px)}
.trio{display:grid;grid-template-columns:repeat(3,minmax(0,170px));gap:12px;margin:14px 0 4px}
.trio img{width:100%;display:block;border-radius:3px;background:#000;image-rendering:pixelated}
footer{margin-top:56px;padding-top:14px;border-top:1px solid var(--line);color:var(--ink3);font-size:12.5px}
@media (max-width:1020px){.frame{grid-template-columns:minmax(0,820px);padding:22px 18px 60px}nav{position:static;max-height:none}nav ol ol{display:none}}
@media print{
@page{size:A4;margin:18mm 17mm 20mm}
body{background:#fff;font-size:9.6pt}
.frame{display:block;padding:0}
nav{max-height:none;position:static;margin-bottom:20px;columns:2}nav ol ol{display:none}
.top{break-after:avoid}
h1{font-size:20pt}h2{font-size:14.5pt;margin-top:26px}h3{font-size:11.5pt;margin-top:18px}
table{font-size:8.2pt}dl{font-size:9pt}tr,dt,dd{break-inside:avoid}thead{display:table-header-group}
.table{overflow:visible}td.r{white-space:normal}a{color:inherit}
.side{grid-template-columns:1fr 1fr}.side.one{grid-template-columns:9cm}
}
"""
GROUNDS: Final = ("#ffffff", "#12171c")


def style() -> str:
    """Return the whole sheet; faces are embedded, nothing is fetched."""
    faces = "".join(
        f'@font-face{{font-family:Inter;font-weight:{weight};font-style:normal;src:url({as_data(name)}) format("truetype")}}'
        for name, weight in ((REGULAR, 400), (BOLD, 600))
    )
    light = _tokens(lambda tone: tone.light, GROUNDS[0])
    dark = _tokens(lambda tone: tone.dark, GROUNDS[1])
    return (
        f"{faces}:root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{RULES}"
    )


def _tokens(colour: Callable[[Tone], str], ground: str) -> str:
    return "".join(f"--{tone.name}:{colour(tone)};" for tone in TONES) + f"--ground:{ground};"
