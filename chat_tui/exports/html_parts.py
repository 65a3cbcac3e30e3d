"""What is the same in every page: how it looks, and how it follows the file. Pure; both are part of the page's policy.

The script reads the page again and again, for a page from a file may read nothing else. It leaves the page alone while
nobody sees it, while something is marked, and for a moment behind each turn of the wheel. What was at the top of the
window is there again afterwards; who was at the end stays at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chat_tui.themes.tokens import DARK, LIGHT, with_readable

EVERY_MS: Final = 1_500
"""How often a page looks for a newer one, in milliseconds."""
CALM_MS: Final = 700
"""How long nothing must have been scrolled before it does."""

_USED: Final = (
    *("background", "surface", "panel", "line", "foreground", "muted", "faint", "accent", "own", "link", "error"),
    *(f"code-{part}" for part in ("keyword", "name", "string", "number", "comment", "removed")),
    *(f"name-{number}" for number in range(1, 6)),
)


def _variables(look: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{look[name]};" for name in _USED)


ROOT: Final = f"""
:root {{ color-scheme: dark; {_variables(with_readable(DARK))} }}
@media (prefers-color-scheme: light) {{ :root {{ color-scheme: light; {_variables(with_readable(LIGHT))} }} }}
"""
"""Both looks, as variables."""

STYLE: Final = (
    ROOT
    + """
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--foreground);
  font: 15px/1.5 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
header { position: sticky; top: 0; display: flex; justify-content: space-between; gap: 2em; padding: .5em 1em;
  background: var(--surface); border-bottom: 1px solid var(--line); font-weight: bold; }
header span { color: var(--muted); font-weight: normal; }
header span::before { content: "\\25CF\\A0"; color: var(--own); }
.ended header span::before { content: "\\25CB\\A0"; color: var(--muted); }
main { max-width: 110ch; margin: 0 auto; padding: 0 1em 3em; overflow-anchor: none; }
section { margin: .9em 0; padding-left: .8em; border-left: 2px solid var(--line); }
section.client { border-left-color: var(--accent); }
h2 { margin: 0; font-size: 1em; color: var(--accent); }
.client h2 { color: var(--muted); font-weight: normal; }
p { margin: 0; padding-left: 4.2em; overflow-wrap: anywhere; white-space: pre-wrap; }
time { float: left; margin-left: -4.2em; color: var(--muted); }
pre { margin: 0 0 0 4.2em; overflow-x: auto; font: inherit; color: var(--muted); }
i, .notice, .told, .between { color: var(--muted); }
.action span { font-style: italic; }
.fault { color: var(--error); }
.day, .between { margin: 1em 0 .5em; padding: 0; text-align: center; color: var(--muted); }
.own { color: var(--own); }
"""
    + "".join(f".name-{number} {{ color: var(--name-{number}); }}\n" for number in range(1, 6))
    + "@media (max-width: 60ch) { header span { display: none; } }\n"
)
"""The page's style."""

SCRIPT: Final = """
(function () {
  "use strict";
  var key = "chat-tui " + location.pathname, page = document.scrollingElement, scrolled = 0;
  function lines() { return document.querySelectorAll("p[id]"); }
  function atEnd() { return page.scrollHeight - window.innerHeight - page.scrollTop < 8; }
  function first() {
    var all = lines(), low = 0, high = all.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (all[middle].getBoundingClientRect().bottom <= 0) { low = middle + 1; } else { high = middle; }
    }
    return all[low];
  }
  function keep() {
    var line = first(), end = atEnd();
    var place = { end: end || !line, id: line ? line.id : "", top: line ? line.getBoundingClientRect().top : 0 };
    try { sessionStorage.setItem(key, JSON.stringify(place)); } catch (error) { /* then it begins at the end */ }
  }
  function kept() {
    try { return JSON.parse(sessionStorage.getItem(key)) || { end: true }; } catch (error) { return { end: true }; }
  }
  function restore() {
    var place = kept(), line = place.end ? null : document.getElementById(place.id);
    if (line) {
      window.scrollBy(0, line.getBoundingClientRect().top - place.top);
    } else {
      window.scrollTo(0, place.end ? page.scrollHeight : 0);
    }
  }
  if ("scrollRestoration" in history) { history.scrollRestoration = "manual"; }
  restore();
  addEventListener("scroll", function () { scrolled = Date.now(); }, { passive: true });
  addEventListener("pagehide", keep);
  if (document.body.className !== "live") { return; }
  setInterval(function () {
    var marked = String(getSelection()) !== "", busy = Date.now() - scrolled < CALM;
    if (!document.hidden && !marked && !busy) { location.reload(); }
  }, EVERY);
})();
""".replace("EVERY", str(EVERY_MS)).replace("CALM", str(CALM_MS))
"""The page's script: see the module's head. The numbers of lines only grow, so the window's first one is soon found."""
