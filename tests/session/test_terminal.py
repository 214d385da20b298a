# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""xterm: all by OCR, quiet and printing."""
import apps
import content
from checks import assert_boxes, assert_chinese, assert_found, look_at_it

N_MISSED_OF_100_MAX = 2


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


def test_a_command_session(desktop):
    """Each screen stood for a second and was cleared."""
    words = ["apricot", "bassoon", "cinnamon", "dulcimer", "espresso"]
    script = "; ".join(f"clear; echo output of {w}; sleep 1.5" for w in words)
    terminal = apps.xterm(desktop, *apps.shell(f"{script}; clear"))
    assert_found(desktop, *[f"output of {w}" for w in words])
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
