# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Windows of impossible sizes, with impossible titles, that come and go."""
import pathlib
import signal

import apps
from checks import assert_found, look_at_it, scenes_with
from desktop import wait_for

XCLIENT = pathlib.Path(__file__).with_name("xclient.py")
AGENTD_MAX_MB = 150


def client(desktop, *arguments):
    return desktop.spawn("xclient", ["/usr/bin/python3", XCLIENT, *map(str, arguments)])


def is_still_well(desktop, text):
    """The same daemon records what is shown now."""
    assert desktop.agentd.is_alive, desktop.agentd.log()[-3000:]
    terminal = apps.xterm(desktop, *apps.shell(f"echo {text}"))
    assert_found(desktop, text, deadline_s=30)
    terminal.end()
    assert desktop.status()["dropped"] == 0


def peak_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def test_a_huge_window(desktop):
    huge = client(desktop, "window", 10000, 10000, -3000, -3000)
    desktop.wait_window(of_class="Xclient")
    is_still_well(desktop, "beside the colossus")
    huge.end()


def test_a_tiny_window(desktop):
    tiny = [client(desktop, "window", *size) for size in ((1, 1), (1, 10000), (10000, 1))]
    desktop.wait_window(of_class="Xclient")
    is_still_well(desktop, "beside the midget")
    for each in tiny:
        each.end()


def test_bad_titles(desktop):
    for data in ("ff fe 80 c0 af".replace(" ", ""), "01021b5b33316d07", "c3", "e2808e e280ae",
                 "f09fa680"):
        bad = client(desktop, "title", data.replace(" ", ""))
        desktop.wait_window(of_class="Xclient")
        is_still_well(desktop, "beside a strange name")
        bad.end()


def test_titles_of_old_programs(desktop):
    """Without _NET_WM_NAME, in COMPOUND_TEXT or Latin-1, as Xlib writes them."""
    for style, text in (("compound", "季度报告 2026 – café"), ("string", "Übersicht à la carte"),
                        ("compound", "Übersicht à la carte"), ("compound", "日本語のタイトル 한글")):
        old = client(desktop, "old-title", style, text)
        wait_for(lambda title=text: [s for s in desktop.scenes() if s["title"] == title],
                 f"a scene titled {text}: {old.log()} {desktop.scenes()}")
        old.end()


def test_a_megabyte_of_title(desktop):
    bad = client(desktop, "title", b"long story ".hex(), 1000000)
    desktop.wait_window(of_class="Xclient")
    is_still_well(desktop, "beside a long story")
    assert all(len(s["title"].encode()) <= 4096 for s in desktop.scenes())
    bad.end()


def test_a_megabyte_of_text(desktop):
    path = desktop.write("mega.txt", "endless ribbon " * 70000)
    editor = apps.mousepad(desktop, path)
    is_still_well(desktop, "beside a megabyte")
    editor.end()


def test_a_window_that_flickers(desktop):
    flicker = client(desktop, "flicker", 6)
    apps.xterm(desktop, *apps.shell("sleep 1; echo calm in the flicker"))
    assert_found(desktop, "calm in the flicker", deadline_s=30)
    flicker.popen.wait(30)
    is_still_well(desktop, "calm after the flicker")
    if not any(k in desktop.env for k in ("ASAN_OPTIONS",)):
        assert peak_mb(desktop.agentd.pid) < AGENTD_MAX_MB, peak_mb(desktop.agentd.pid)


def test_a_window_that_hangs_below(desktop):
    """What lay over it is closed: it shows that for as long as it does not draw."""
    editor = apps.mousepad(desktop, desktop.write("below.txt", "what lies below\n" * 30))
    assert_found(desktop, "what lies below")
    x, y, _, _ = desktop.geometry(editor.window)
    terminal = apps.xterm(desktop, *apps.shell("echo leftover pelican"),
                          geometry=f"60x12+{x + 30}+{y + 90}")
    assert_found(desktop, "leftover pelican", app="xterm")
    editor.kill(signal.SIGSTOP)
    terminal.end()
    look_at_it(3)
    desktop.settle()
    editor.kill(signal.SIGCONT)
    assert not scenes_with(desktop, "pelican", "mousepad")
    editor.end()
    is_still_well(desktop, "after the hanging one")


def test_the_screen_changes_its_size(desktop):
    resize = client(desktop, "resize", 5)
    apps.xterm(desktop, *apps.shell(
        "for n in $(seq 60); do echo growing $n; sleep 0.1; done; echo grown up"))
    assert_found(desktop, "grown up", deadline_s=30)
    resize.popen.wait(30)
    is_still_well(desktop, "all sizes fit")
