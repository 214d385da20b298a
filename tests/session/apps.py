# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Starts applications on a private desktop without their first-run windows."""
import os
import pathlib
import shutil

from desktop import Skip, run, wait_for

CJK_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"

OFFICE_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.0</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="LastTimeDonateShown" oor:op="fuse"><value>4000000000</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="LastTimeGetInvolvedShown" oor:op="fuse"><value>4000000000</value></prop></item>
</oor:items>
"""

FIREFOX_SETTINGS = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.tabs.warnOnClose": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
}

CHROMIUM = [
    "chromium", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--password-store=basic", "--disable-gpu", "--lang=en-US",
    "--disable-features=Translate,MediaRouter,OptimizationHints", "--hide-crash-restore-bubble",
]


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed: ./dev setup")


def office(desktop, path, kind):
    """LibreOffice with a document; @kind: calc or writer."""
    need("soffice")
    profile = desktop.home / "office"
    settings = profile / "user/registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(OFFICE_SETTINGS, encoding="utf-8")
    return desktop.start_app(
        kind, ["soffice", f"-env:UserInstallation=file://{profile}", "--nologo", "--norestore",
               "--nolockcheck", "--nofirststartwizard", f"--{kind}", path],
        title=rf"^{pathlib.Path(path).name} .*LibreOffice", deadline_s=90)


def chromium(desktop, *urls, app=False, size=(1200, 900), position=(20, 20), more=()):
    """A browser window; with @app without tabs and address bar."""
    need("chromium")
    options = [f"--user-data-dir={desktop.home}/chromium", f"--window-size={size[0]},{size[1]}",
               f"--window-position={position[0]},{position[1]}", *more]
    if os.getuid() == 0:
        options += ["--no-sandbox", "--test-type"] # the second: no bar that warns of the first
    shown = [f"--app={urls[0]}"] if app else ["--new-window", *urls]
    return desktop.start_app("chromium", [*CHROMIUM, *options, *shown], of_class="chromium",
                             deadline_s=60)


def firefox_profile(desktop):
    profile = desktop.home / "firefox"
    profile.mkdir(exist_ok=True)
    (profile / "user.js").write_text("".join(
        f'user_pref("{k}", {str(v).lower() if isinstance(v, bool) else repr(v)});\n'.replace(
            "'", '"') for k, v in FIREFOX_SETTINGS.items()), encoding="utf-8")
    return profile


def firefox(desktop, url, private=False):
    need("firefox-esr")
    profile = firefox_profile(desktop)
    how = ["--private-window"] if private else ["--new-window"]
    return desktop.start_app(
        "firefox", ["firefox-esr", "--new-instance", "--profile", profile, *how, url],
        of_class="firefox", deadline_s=60)


def mousepad(desktop, path):
    need("mousepad")
    return desktop.start_app("mousepad", ["mousepad", "--disable-server", path],
                             of_class="mousepad")


def gedit(desktop, path):
    need("gedit")
    return desktop.start_app("gedit", ["gedit", "--standalone", path], of_class="gedit")


def text_editor(desktop, path):
    """GTK 4."""
    need("gnome-text-editor")
    return desktop.start_app("text-editor", ["gnome-text-editor", "--standalone", path],
                             of_class="gnome-text-editor")


def featherpad(desktop, path):
    """Qt 5."""
    need("featherpad")
    return desktop.start_app("featherpad", ["featherpad", "--standalone", path],
                             of_class="featherpad")


def xterm(desktop, *command, geometry="90x30+40+40", size=11, title="xterm", blinks=True):
    need("xterm")
    return desktop.start_app(
        "xterm", ["xterm", "-geometry", geometry, "-fa", "DejaVu Sans Mono", "-fd",
                  "Noto Sans Mono CJK SC", "-fs", size, "-T", title, "-bc" if blinks else "+bc",
                  "-e", *command],
        of_class="xterm")


def evince(desktop, path):
    need("evince")
    return desktop.start_app("evince", ["evince", path], of_class="evince")


def eog(desktop, path):
    need("eog")
    return desktop.start_app("eog", ["eog", path], of_class="eog")


def mpv(desktop, path, geometry="640x360+1240+20"):
    need("mpv")
    return desktop.start_app(
        "mpv", ["mpv", "--no-config", "--vo=x11", "--no-audio", "--loop=inf", "--no-osc",
                "--osd-level=0", f"--geometry={geometry}", path], of_class="mpv")


def make_video(path, seconds=10, size="640x360", zoom=1):
    """A test picture that changes everywhere, without letters."""
    need("ffmpeg")
    done = run(["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i",
                f"mandelbrot=size={size}:rate=25:start_scale={3 / zoom}", "-t", str(seconds), "-pix_fmt", "yuv420p",
                "-c:v", "libx264", "-preset", "ultrafast", str(path)])
    if done.returncode:
        raise Skip(f"ffmpeg made no video: {done.stderr[-300:]}")
    return path


def make_picture(path, lines, chinese=(), size="1000x700", points=30):
    """A PNG with lines of text."""
    command = ["convert", "-size", size, "xc:white", "-fill", "black", "-pointsize", str(points)]
    for number, line in enumerate(lines):
        command += ["-font", "DejaVu-Sans", "-annotate", f"+40+{70 + number * 60}", line]
    for number, line in enumerate(chinese, len(lines)):
        command += ["-font", CJK_FONT, "-annotate", f"+40+{70 + number * 60}", line]
    done = run([*command, str(path)])
    assert done.returncode == 0, done.stderr
    return path


def wait_title(desktop, window, part, deadline_s=30):
    """Waits until the window's title contains @part."""
    return wait_for(lambda: part in desktop.title(window), f"title with {part}", deadline_s)


def shell(script):
    """A command line for xterm that runs @script and stays."""
    return ["bash", "--norc", "-c", f"{script.rstrip()}\nread -r _"]
