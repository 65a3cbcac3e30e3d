"""How pages look: both looks as variables, type, and what is said in them. Pure; all of it is part of a page's policy.

The same rules as in the terminal: three grounds and no boxes, one accent that means "this needs you", names in their
colours, and nothing in a colour alone. What is read is set in the reader's own sans serif, code in their monospace.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Final

from chat_tui.themes.tokens import DARK, LIGHT, with_readable

NAMES: Final = 5
"""Colours for names."""

_USED: Final = (
    *("background", "surface", "panel", "line", "foreground", "muted", "faint", "accent", "own", "thread", "link"),
    *("error", *(f"code-{part}" for part in ("keyword", "name", "string", "number", "comment", "removed"))),
    *(f"name-{number}" for number in range(1, NAMES + 1)),
)


def hashed(text: str) -> str:
    """Return how a page's policy names a style or a script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _variables(look: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{look[name]};" for name in _USED)


BASE: Final = (
    f"""
:root {{ color-scheme: dark; {_variables(with_readable(DARK))}
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }}
@media (prefers-color-scheme: light) {{ :root {{ color-scheme: light; {_variables(with_readable(LIGHT))} }} }}
"""
    + """
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--foreground); font: 15px/1.5 var(--sans);
  -webkit-text-size-adjust: 100%; }
header { position: sticky; top: 0; z-index: 2; display: flex; align-items: baseline; gap: .75rem;
  padding: .65rem max(1rem, calc((100vw - 50rem) / 2)); overflow: hidden; white-space: nowrap;
  background: var(--surface); border-bottom: 1px solid var(--line); }
header b { font-size: 1.05rem; }
header span { color: var(--muted); overflow: hidden; text-overflow: ellipsis; }
header span:last-child { margin-left: auto; font-size: .87rem; }
main { max-width: 52rem; margin: 0 auto; padding: 0 1rem 3rem; overflow-anchor: none; }
.day { display: flex; align-items: center; gap: 1rem; margin: 1.6rem 0 .8rem; font-size: .87rem; font-weight: 600;
  color: var(--muted); }
.day::before, .day::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.line { position: relative; padding: .1rem .75rem .1rem 3.75rem; border-radius: .5rem; scroll-margin-top: 4rem; }
.line.head, .line.action { margin-top: .75rem; }
.action .said { font-style: italic; }
.line:hover, .line:target { background: var(--surface); }
.line.for-me { background: color-mix(in srgb, var(--accent) 9%, var(--background));
  box-shadow: inset 3px 0 var(--accent); }
.who { display: flex; align-items: baseline; gap: .5rem; margin: 0; min-width: 0; }
.who b { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.avatar { position: absolute; left: .75rem; top: .3rem; width: 2.25rem; height: 2.25rem; border-radius: .6rem;
  background: color-mix(in srgb, currentColor 20%, var(--background)); }
.avatar::after { content: attr(data-letter); display: grid; place-items: center; height: 100%; font-weight: 650; }
time { color: var(--muted); font-size: .8rem; font-variant-numeric: tabular-nums; }
.line:not(.head) > time { position: absolute; left: 0; top: .25rem; width: 3.35rem; text-align: right; opacity: 0; }
.line:not(.head):hover > time, .line:not(.head):focus-within > time { opacity: 1; }
@media (hover: none) { .line:not(.head) > time { opacity: .8; } }
time a { color: inherit; text-decoration: none; }
.said { overflow-wrap: anywhere; white-space: pre-wrap; }
.said > div { min-height: 1.5em; }
.answered { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .87rem;
  color: var(--muted); text-decoration: none; padding-left: .6rem; border-left: 2px solid var(--line); }
blockquote { margin: .15rem 0; padding-left: .75rem; border-left: 3px solid var(--line); color: var(--muted); }
.entry { display: flex; gap: .5rem; }
.entry > span:first-child { color: var(--muted); white-space: pre; min-width: 1ch; }
code, pre { font: .9em/1.5 var(--mono); background: var(--panel); }
code { padding: .1em .35em; border-radius: .3em; }
pre { width: fit-content; max-width: 100%; margin: .3rem 0; padding: .5rem .75rem; overflow-x: auto; white-space: pre;
  border-radius: .5rem; }
pre code { padding: 0; font-size: 1em; }
a { color: var(--link); text-underline-offset: .15em; }
.channel { color: var(--link); }
.mention { color: var(--accent); font-weight: 600; }
.spoiler { background: var(--panel); border-radius: .3em; color: transparent; cursor: pointer; }
.spoiler * { visibility: hidden; }
.spoiler:hover, .spoiler:focus { color: inherit; }
.spoiler:hover *, .spoiler:focus * { visibility: visible; }
.said i, .bot { color: var(--muted); font-weight: normal; }
.bot { font-size: .7rem; padding: 0 .35em; border: 1px solid var(--line); border-radius: .3em; }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; margin: .3rem 0 .2rem; }
.chips span { padding: .05rem .6rem; border: 1px solid transparent; border-radius: 1rem; background: var(--panel);
  font-size: .87rem; font-variant-numeric: tabular-nums; }
.chips .mine { border-color: var(--accent); color: var(--accent); }
.chips .file { border-radius: .5rem; color: var(--link); }
.chips .thread, a.thread { color: var(--thread); }
.own { color: var(--own); }
"""
    + "".join(f".name-{number} {{ color: var(--name-{number}); }}\n" for number in range(1, NAMES + 1))
    + "".join(
        f".code-{part} {{ color: var(--code-{part}); }}\n"
        for part in ("keyword", "name", "string", "number", "comment", "removed")
    )
)
"""What all pages have."""

NARROW: Final = """
@media (max-width: 34rem) {
  header { padding: .55rem 1rem; }
  main { padding: 0 .25rem 2rem; }
  .line { padding: .1rem .5rem .1rem 3rem; }
  .avatar { left: .4rem; width: 2rem; height: 2rem; }
  .line:not(.head) > time { width: 2.7rem; font-size: .7rem; }
}
@media print { header { position: static; } .line { break-inside: avoid; } .spoiler, .spoiler * { color: inherit;
  visibility: visible; } }
"""
"""What gives way where there is little room, and on paper; stands behind everything else."""
