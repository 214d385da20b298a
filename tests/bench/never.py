# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Denied windows among others, in random arrangements: what of them is in what was stored."""
import os
import random

import apps

CONFIG = "[never]\napplications=Payroll*\ntitles=classified\n"
COLOUR = "#ff00fe" # of denied windows, and of nothing else
WORDS = ("ochre", "cinnabar")
N_ARRANGEMENTS = int(os.environ.get("DESKHAND_BENCH_ARRANGEMENTS", "500"))


def start_terminal(desktop, name, of_class, title, text, background):
    return desktop.start_app(name, [
        "xterm", "-class", of_class, "-T", title, "-bg", background, "-fg", "black", "-b", "0",
        "+sb", "-bc", "-e", "bash", "--norc", "-c",
        f"trap 'clear; for n in $(seq 40); do echo {text}; done' WINCH; kill -WINCH $$; "
        "while :; do read -r -t 1 _; done"], of_class=of_class)


def start_windows(desktop):
    allowed = [start_terminal(desktop, f"open{n}", f"Open{n}", f"open {n}",
                              f"walrus number {n} " * 12, "white") for n in range(3)]
    denied = [start_terminal(desktop, "denied0", "PayrollClient", "ochre", f"{WORDS[0]} " * 40,
                             COLOUR),
              start_terminal(desktop, "denied1", "Open9", "Classified plan", f"{WORDS[1]} " * 40,
                             COLOUR)]
    return [p.window for p in allowed], [p.window for p in denied]


def arrange(desktop, windows):
    """Each gets a place, a size and a height in the stack, all at random."""
    commands = []
    for window in random.sample(windows, len(windows)):
        width, height = random.randint(200, 1200), random.randint(150, 800)
        x, y = random.randint(-100, desktop.size[0] - 200), random.randint(0, desktop.size[1] - 150)
        commands += ["windowsize", window, width, height, "windowmove", window, x, y,
                     "windowraise", window]
    desktop.xdotool(*commands)


def run_never(desktop, table):
    random.seed(7)
    allowed, denied = start_windows(desktop)
    n_pixels = n_pictures = 0
    done = {}
    for number in range(N_ARRANGEMENTS):
        arrange(desktop, allowed + denied)
        desktop.xdotool(*sum((["set_window", "--name", f"open {n} at {number}", w]
                              for n, w in enumerate(allowed)), []))
        desktop.settle(quiet_s=0.25)
        for scene in desktop.scenes()[:6]:
            if done.get(scene["scene"]) == scene["title"]:
                continue
            done[scene["scene"]] = scene["title"]
            n_pictures += 1
            n_pixels += desktop.picture(scene["scene"]).count(COLOUR)
        if number % 50 == 49:
            print(f"  {number + 1} arrangements, {n_pictures} pictures, {n_pixels} pixels",
                  flush=True)
    n_words = sum(len(desktop.search(word)) for word in (*WORDS, "classified"))
    what = f"denied windows in {N_ARRANGEMENTS} arrangements, {n_pictures} pictures"
    table.add(f"{what}: pixels", str(n_pixels), "0", n_pixels == 0)
    table.add(f"{what}: scenes found by their words", str(n_words), "0", n_words == 0)
