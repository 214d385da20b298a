# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""xterm: all by OCR, quiet and printing."""
import datetime
import json
import time

import apps
import content
from checks import assert_boxes, assert_chinese, assert_found, look_at_it, wait_on_screen
from desktop import wait_for

N_MISSED_OF_100_MAX = 2
GROUND_PX = 100000
SELECTED_PX = 5000 # of the ink's colour
INK = "#101820"
STOOD_S = 8


def test_a_full_screen_of_text(desktop):
    lines = content.lines(41, 28, 8)
    text = desktop.write("text", "\n".join(lines) + "\n")
    terminal = apps.xterm(desktop, *apps.shell(f"cat {text}"))
    result = assert_found(desktop, lines[-1])
    assert_boxes(desktop, result)
    words = {w for line in lines for w in line.split()}
    kept = desktop.show(result["scene"])["text"].split()
    missing = words - set(kept)
    assert len(missing) * 100 <= len(words) * N_MISSED_OF_100_MAX, missing
    invented = set(kept) - words
    assert len(invented) * 100 <= len(words) * N_MISSED_OF_100_MAX, invented
    terminal.end()


def test_chinese(desktop):
    text = desktop.write("chinese", "\n".join(content.CHINESE[:4]) + "\n")
    terminal = apps.xterm(desktop, *apps.shell(f"cat {text}"), size=13)
    for sentence in content.CHINESE[:4]:
        assert_chinese(desktop, sentence, app="xterm")
    terminal.end()


def test_pages_of_one_line(desktop):
    """Shown at once, then cleared for the next: nobody types them, whatever they end with."""
    pages = ["the acorn was sold at 137 euro", "the biscuit was sold at 174 euro",
             "the cinnamon left with 412345", "the dumpling left with 412346",
             "the eggplant was sold at 211 euro"]
    script = "; ".join(f"clear; echo; echo '  {page}'; sleep 3" for page in pages)
    terminal = apps.xterm(desktop, *apps.shell(script), geometry="60x8+40+40")
    for page in pages:
        assert_found(desktop, page, app="xterm", deadline_s=3 * len(pages) + 20)
    terminal.end()


def test_a_chinese_font(desktop):
    """Its cells are twice as wide as its letters."""
    lines = ["第一章 一共三十二人，其中女性十一人", "一个人，二个人，三个人，人人为我",
             "the walrus and the carpenter"]
    text = desktop.write("wide", "\n".join([*lines, *content.CHINESE[:4]]) + "\n")
    terminal = desktop.start_app(
        "xterm", ["xterm", "-u8", "-fa", "Noto Sans Mono CJK SC", "-fs", "12", "-e",
                  *apps.shell(f"cat {text}")], of_class="xterm")
    for line in ("一共三十二人", "女性十一人", "人人为我"):
        assert_chinese(desktop, line, app="xterm")
    assert_boxes(desktop, assert_found(desktop, lines[2]))
    terminal.end()


def test_light_on_dark(desktop):
    terminal = desktop.start_app(
        "xterm", ["xterm", "-bg", "black", "-fg", "grey80", "-fa", "DejaVu Sans Mono", "-fs", "11",
                  "-e", *apps.shell("echo the midnight carousel")], of_class="xterm")
    assert_boxes(desktop, assert_found(desktop, "midnight carousel"))
    terminal.end()


def test_another_ground(desktop):
    """The text stays, and nothing happens afterwards: the picture follows all the same."""
    terminal = desktop.start_app(
        "xterm", ["xterm", "-bg", "white", "-e", *apps.shell(
            "echo the patient chameleon; read -rs; printf '\\033]11;#204060\\007'")],
        of_class="xterm")
    scene = assert_found(desktop, "patient chameleon")["scene"]
    desktop.settle()
    assert desktop.picture(scene).count("#204060") == 0
    desktop.key("Return")
    wait_for(lambda: desktop.picture(scene).count("#204060") > GROUND_PX, "the new ground", 30)
    terminal.end()


COLOURED = [
    "gardener \\033[7mlantern\\033[0m harbour \\033[7mtimber window\\033[0m orchard",
    "compass \\033[41;97m meadow \\033[44;97m thunder \\033[42;30m village \\033[0m copper",
    "\\033[43;30m" + f"{'signal festival island mirror':60}" + "\\033[0m",
    "market bridge \\033[7mkit\\033[0mchen pattern \\033[44;97mpassage\\033[0m",
    "\\033[7m" + f"{'umbrella package quarter':60}" + "\\033[0m"]
COLOURED_TEXT = ["gardener lantern harbour timber window orchard",
                 "compass meadow thunder village copper", "signal festival island mirror",
                 "market bridge kitchen pattern passage", "umbrella package quarter"]


def start_bitmap_xterm(desktop, lines):
    text = "".join(f"{line}\\n" for line in lines)
    return desktop.start_app(
        "xterm", ["xterm", "-fn", "6x13", "-fg", INK, "-geometry", "80x24+40+40", "-e",
                  *apps.shell(f"printf '{text}'")], of_class="xterm")


def test_coloured_ground(desktop):
    terminal = start_bitmap_xterm(desktop, COLOURED)
    result = assert_found(desktop, *COLOURED_TEXT)
    assert_boxes(desktop, result)
    terminal.end()


def test_a_selection(desktop):
    """It is there when the reader first sees the text: from within a word to within another one."""
    lines = ["the oldest lighthouse keeper", "painted thirteen wooden boats", "before every winter storm"]
    assert desktop.deskhand("pause").returncode == 0
    terminal = start_bitmap_xterm(desktop, lines)
    wait_on_screen(desktop, terminal.window, 0, 0, 160, 40)
    desktop.xdotool("mousemove", "--window", terminal.window, 2 + 6 * 14, 2 + 6, "mousedown", 1,
                    "mousemove", "--window", terminal.window, 2 + 6 * 11, 2 + 2 * 13 + 6,
                    "mouseup", 1)
    wait_for(lambda: desktop.screenshot(window=terminal.window).count(INK) > SELECTED_PX,
             "selection")
    assert desktop.deskhand("resume").returncode == 0
    assert_boxes(desktop, assert_found(desktop, *lines))
    terminal.end()


def test_a_command_session(desktop):
    """Each screen stood for a second and was cleared."""
    words = ["apricot", "bassoon", "cinnamon", "dulcimer", "espresso"]
    script = "; ".join(f"clear; echo output of {w}; sleep 1.5" for w in words)
    terminal = apps.xterm(desktop, *apps.shell(f"{script}; clear"))
    assert_found(desktop, *[f"output of {w}" for w in words])
    terminal.end()


def seconds(result):
    return [datetime.datetime.fromisoformat(result[k]).timestamp() for k in ("start", "end")]


def test_a_scene_lasts_as_long_as_it_stood(desktop):
    """Nothing else happens on the screen meanwhile, and nobody asks."""
    first, second = content.lines(71, 2, 5)
    terminal = apps.xterm(desktop, "sh", "-c",
                          f"echo {first}; sleep {STOOD_S}; clear; echo {second}; sleep 60",
                          title="stood", blinks=False)
    time.sleep(STOOD_S + 1)
    desktop.find(second)
    start, end = seconds(desktop.search(first)[0])
    assert abs(end - start - STOOD_S) < 2, (start, end)
    time.sleep(STOOD_S / 2)
    now = time.time()
    since = datetime.datetime.fromtimestamp(now).isoformat(timespec="milliseconds")
    plan = json.loads(desktop.deskhand("forget", "--since", since, "--dry-run", "--json").stdout)
    assert plan["scenes"] >= 1, "what still stands is not meant"
    assert desktop.search(f"since:{since}", second)
    assert abs(seconds(desktop.search(second)[0])[1] - time.time()) < 1
    terminal.end()


def test_a_flood_ends(desktop):
    """Printing fast: sampled, bounded, and at rest everything on the screen is there."""
    terminal = apps.xterm(desktop, *apps.shell(
        "for n in $(seq 1 600); do echo line $n of the flood; sleep 0.008; done;"
        " echo and then the harpsichord"))
    assert_found(desktop, "then the harpsichord", deadline_s=30)
    look_at_it(0.5)
    desktop.settle()
    assert_found(desktop, "line 600 of the flood", "line 590 of the flood")
    n_scenes = len([r for r in desktop.search("flood", limit=500)])
    assert n_scenes <= 15, n_scenes
    terminal.end()
