"""What is the same in every page: how it looks, and how it follows the file. Pure; both are part of the page's policy.

The script reads the page again and again, for a page from a file may read nothing else. It leaves the page alone while
nobody sees it, while something is marked, and for a moment behind each turn of the wheel. What was at the top of the
window is there again afterwards; who was at the end stays at the end.
"""

from __future__ import annotations

from typing import Final

from chat_tui.exports.html_style import BASE, NARROW

EVERY_MS: Final = 1_500
"""How often a page looks for a newer one, in milliseconds."""
CALM_MS: Final = 700
"""How long nothing must have been scrolled before it does."""

STYLE: Final = (
    BASE
    + """
header span::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em;
  border-radius: 50%; background: var(--own); }
.ended header span::before { background: none; box-shadow: inset 0 0 0 2px var(--muted); }
h2 { position: sticky; top: 2.85rem; z-index: 1; margin: 1rem 0 -.3rem; padding: .4rem .75rem;
  background: var(--background); font-size: .87rem; font-weight: 600; }
h2 span { display: inline-block; max-width: 100%; padding: .05rem .7rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; vertical-align: bottom; border-radius: 1rem; background: var(--panel); }
.day + section h2 { margin-top: 0; }
.notice, .told, .fault { font-size: .87rem; color: var(--muted); overflow-wrap: anywhere; white-space: pre-wrap; }
.notice { font-style: italic; }
.client { margin: 1.2rem 0; }
.client h2 { position: static; padding: 0 .75rem; color: var(--muted); font-weight: normal; }
.client h2 span { padding: 0; background: none; }
.client .line { padding-left: .75rem; }
.client .line > time { position: static; display: inline; opacity: 1; margin-right: .6rem; }
.line.fault { margin-top: .6rem; padding-top: .3rem; padding-bottom: .3rem;
  color: var(--error); box-shadow: inset 3px 0 var(--error); }
.line pre.columns { margin: .2rem 0 .3rem; font-size: .87em; color: var(--foreground); }
.between { margin: 1.2rem 0; text-align: center; color: var(--muted); font-size: .87rem; }
"""
    + NARROW
)
"""The page's style."""

SCRIPT: Final = """
(function () {
  "use strict";
  var key = "chat-tui " + location.pathname, page = document.scrollingElement, scrolled = 0;
  function lines() { return document.querySelectorAll(".line"); }
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
