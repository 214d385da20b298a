# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What moves all the time neither floods nor starves; what is still costs nothing."""
import os
import pathlib

import apps
from checks import assert_found, look_at_it, scenes_with

WATCHED_S = 10
N_SCENES_OF_A_CLOCK_MAX = 2 # in WATCHED_S, after it was shown for as long
N_SCENES_OF_A_VIDEO_MAX = 2 # likewise
N_WAKE_UPS_MAX = 5
VIDEO_CPU_SHARE_MAX = 0.06


def wake_ups(pids):
    total = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
    return total


def cpu_s(pids):
    total = 0
    for pid in pids:
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError: # it has ended
            continue
        fields = stat.rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def n_scenes_of(desktop, app):
    return len([s for s in desktop.scenes() if app in s["app"].casefold()])


def test_an_idle_desktop_makes_no_wake_ups(desktop):
    apps.xterm(desktop, *apps.shell("echo all is quiet by the lagoon"), blinks=False)
    assert_found(desktop, "lagoon")
    desktop.settle()
    look_at_it(13) # the last moment has come to its end, and the vault has tidied
    pids = desktop.deskhand_pids()
    before, cpu = wake_ups(pids), cpu_s(pids)
    look_at_it(WATCHED_S)
    n = wake_ups(pids) - before
    assert n <= N_WAKE_UPS_MAX, f"{n} wake-ups in {WATCHED_S} s"
    assert cpu_s(pids) - cpu <= 0.02, cpu_s(pids) - cpu


def test_a_clock_does_not_flood(desktop):
    clock = apps.xterm(desktop, *apps.shell(
        r"echo the clock of saint pancras; while :; do printf '\r%(%T)T' -1; sleep 0.5; done"))
    assert_found(desktop, "saint pancras")
    look_at_it(WATCHED_S)
    n_before = len(scenes_with(desktop, "pancras"))
    look_at_it(WATCHED_S)
    n = len(scenes_with(desktop, "pancras")) - n_before
    assert n <= N_SCENES_OF_A_CLOCK_MAX, n
    clock.end()


def test_a_spinner_starves_nobody(desktop):
    """Text that changes beside a spinner in the same window is remembered."""
    script = (r"for w in hazelnut pistachio macadamia; do clear; echo now $w is served;"
              r" for n in $(seq 1 25); do printf '\r%s' \|/-\\; sleep 0.05; printf '\r/';"
              r" sleep 0.05; done; done; echo done")
    spinner = apps.xterm(desktop, *apps.shell(script))
    assert_found(desktop, "hazelnut is served", "pistachio is served", "macadamia is served")
    spinner.end()


def test_text_beside_a_video(desktop):
    video = apps.mpv(desktop, apps.make_video(desktop.files / "video.mp4"))
    editor = apps.mousepad(desktop, desktop.write("beside.txt", ""))
    desktop.place(editor.window, 40, 60, 900, 700)
    desktop.find("title:beside")
    for words in ("the first gondola", "the second rickshaw", "the third toboggan"):
        desktop.type(f"{words}\n")
        look_at_it()
    assert_found(desktop, "first gondola", "second rickshaw", "third toboggan")
    pids = desktop.deskhand_pids()
    before, n_before = cpu_s(pids), n_scenes_of(desktop, "mpv")
    look_at_it(WATCHED_S)
    share = (cpu_s(pids) - before) / WATCHED_S
    assert share <= VIDEO_CPU_SHARE_MAX, f"a video alone costs {share:.1%} of a core"
    n = n_scenes_of(desktop, "mpv") - n_before
    assert n <= N_SCENES_OF_A_VIDEO_MAX, n
    video.end()
    editor.end()


def test_a_caret_does_not_flood(desktop):
    editor = apps.mousepad(desktop, desktop.write("caret.txt", "a lonely cassowary"))
    desktop.find("cassowary")
    desktop.settle()
    n_before = len(desktop.scenes())
    look_at_it(5)
    assert len(desktop.scenes()) == n_before
    editor.end()
