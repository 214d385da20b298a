# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Chromium and Firefox: words of a page under something else of it."""
import apps
import content

# Lines of words that occur once; over them what the test puts there. The page tells in its address
# of each word whether it lies under that (c), beside it (s), or is cut by something (-).
LAYERED = """<!DOCTYPE html><meta charset="utf-8"><title>Layers</title><style>
body {{ margin: 0; height: 3000px; font: 16px/24px "DejaVu Sans"; }}
p {{ margin: 0 0 0 8px; white-space: nowrap; }}
.over {{ background: #fff; border: 2px solid #457; padding: 6px 10px; }}
</style>{over}{lines}<script>
scrollTo(0, {scrolled});
const overs = [...document.querySelectorAll(".over")].map(o => o.getBoundingClientRect());
let places = "";
for (const p of document.querySelectorAll("p.line"))
  for (const m of p.firstChild.data.matchAll(/\\S+/g)) {{
    const range = document.createRange();
    range.setStart(p.firstChild, m.index);
    range.setEnd(p.firstChild, m.index + m[0].length);
    const b = range.getBoundingClientRect();
    if (overs.some(r => b.left >= r.left && b.right <= r.right && b.top >= r.top &&
                        b.bottom <= r.bottom))
      places += "c";
    else if (b.top >= 0 && b.bottom <= innerHeight && b.right <= innerWidth &&
             overs.every(r => b.left > r.right || b.right < r.left || b.top > r.bottom ||
                              b.bottom < r.top))
      places += "s";
    else
      places += "-";
  }}
location.hash = places;
</script>"""
OPAQUE = """
<div class="over" style="position:fixed;top:0;left:0;right:0">Masthead of the gazette, archive and
subscriptions</div>
<div class="over" style="position:fixed;left:150px;top:200px;width:170px">Bookmarks<br>Downloads<br>
Extensions<br>Preferences</div>
<div class="over" style="position:fixed;top:480px;left:0;width:620px;line-height:30px">We value your
privacy and store cookies on this device to measure how pages are visited. You may refuse them, or
decide for each purpose. <button style="padding:8px 30px">Accept everything</button>
<button style="padding:8px 30px">Refuse</button></div>"""
OPAQUE_SAYS = ["Masthead", "subscriptions", "Bookmarks", "Preferences", "cookies", "purpose."]
TRANSLUCENT = """
<div style="position:fixed;inset:0;background:rgba(0,0,0,.25)"></div>
<div class="over" style="position:fixed;left:250px;top:200px;width:360px">Discard the draft?<br>
Nothing of it can be restored afterwards.<br><button>Discard</button> <button>Keep</button></div>"""
TRANSLUCENT_SAYS = ["draft?", "restored", "afterwards."]
STICKY = """
<div class="over" style="position:sticky;top:0;z-index:5;height:60px">Masthead of the sticky gazette</div>
<div class="over" style="position:absolute;left:200px;top:260px;z-index:9;width:240px;height:300px">
<a href="#a">Dropdown first</a><br><a href="#b">Settings entry</a></div>"""
MODAL = """
<dialog class="over" id="d" style="width:420px;height:220px">Really discard everything?<br>
It cannot be restored.<br><button>Discard</button></dialog><script>d.showModal()</script>"""
DIALOG = """
<dialog class="over" open style="position:fixed;top:150px;width:420px;height:220px">Really discard
everything?<br>It cannot be restored.</dialog>"""
POPOVER = """
<div popover class="over" id="d" style="width:320px;height:160px">Popover tells tidings<br>of other
things</div><script>d.showPopover()</script>"""
# What nobody sees hides nothing.
CLEAR = """
<div style="position:fixed;inset:0;opacity:0;z-index:9">Invisible overlay swallows clicks</div>
<div class="over" style="position:fixed;left:100px;top:200px;width:300px;height:150px">Visible notice
beside it</div>"""
MOSTLY_EMPTY = """
<div class="over" style="position:fixed;left:20px;top:100px;width:500px;height:260px;display:flex;
align-items:end;justify-content:center">tiny caption</div>"""
# What lies over the lines, how far they are scrolled, and what it says.
PAGES = {
    "opaque": (OPAQUE, 10, OPAQUE_SAYS),
    "translucent": (TRANSLUCENT, 10, TRANSLUCENT_SAYS),
    "sticky": (STICKY, 130, ["Masthead", "sticky", "Dropdown", "entry"]),
    "modal": (MODAL, 10, ["restored.", "everything?"]),
    "dialog": (DIALOG, 10, ["restored.", "everything?"]),
    "popover": (POPOVER, 10, ["tidings", "Popover"]),
    "clear": (CLEAR, 10, ["notice", "Visible"]),
    "mostlyempty": (MOSTLY_EMPTY, 10, ["tiny", "caption"]),
}
LEGIBLE_SHARE_MIN = 0.97


LAYERED_WORDS = [f"{w}{n:03}" for n, w in enumerate(content.ENGLISH[:240])]


def layered(over, scrolled):
    lines = "".join(f'<p class="line">{" ".join(LAYERED_WORDS[at:at + 8])}</p>'
                    for at in range(0, len(LAYERED_WORDS), 8))
    return LAYERED.format(over=over, lines=lines, scrolled=scrolled)


def check_layers(desktop, app, name, says):
    """What lies under something else of its page is not kept; what is beside it, or shines
    through, is."""
    result = desktop.find(f"app:{app} url:{name} {says[0].strip('.?')}", deadline_s=30,
                          where=lambda r: "#" in r["url"])
    places = dict(zip(LAYERED_WORDS, result["url"].split("#")[1], strict=True))
    covered = {w for w, place in places.items() if place == "c"}
    shown = {w for w, place in places.items() if place == "s"}
    assert len(covered) > 2 and len(shown) > 60, places
    desktop.settle()
    kept = {w["text"] for r in desktop.search(f"app:{app} url:{name}")
            for w in desktop.show(r["scene"])["words"]}
    assert not covered & kept, sorted(covered & kept)
    assert not [w for w in covered if desktop.search(f"app:{app} url:{name} {w}")]
    assert set(says) <= kept, (says, kept)
    assert len(shown - kept) <= (1 - LEGIBLE_SHARE_MIN) * len(shown), shown - kept


def test_chromium_layers(desktop):
    for name, (over, scrolled, says) in PAGES.items():
        path = desktop.write(f"{name}.html", layered(over, scrolled))
        browser = apps.chromium(desktop, f"file://{path}", app=True)
        check_layers(desktop, "chromium", name, says)
        browser.end()


def test_firefox_layers(desktop):
    """Each in a new Firefox: its first answer is of before the texts are there."""
    for name, (over, scrolled, says) in PAGES.items():
        path = desktop.write(f"{name}.html", layered(over, scrolled))
        browser = apps.firefox(desktop, f"file://{path}")
        check_layers(desktop, "firefox", name, says)
        browser.end()
        desktop.end_apps()
