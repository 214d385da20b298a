# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""A private desktop: X server, window manager, session bus, accessibility bus, deskhand-agentd,
in folders of its own. Everything that was started in it ends with it."""
import ctypes
import functools
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from supervise import descendants, die_with_parent

START_DEADLINE_S = 30
LONG_S = 40
NOISE = ("_XSERVTrans", "debian-menu.xml", "set fd limit", "Activating service", "activated serv",
         "dconf", "Gtk-WARNING", "dbus_bus_", "javaldx", "vaInitialize", "gcm/engine", "GLib-GIO")
DESKHAND = ("deskhand-agentd", "deskhand-vault", "deskhand-reader")


class Skip(Exception):
    """This machine cannot run the test."""


class Late(AssertionError):
    """Something did not happen in time."""


def wait_for(condition, what, deadline_s=20.0, every_s=0.05):
    """Returns the first true value of @condition; never waits for a time, only for it."""
    deadline = time.monotonic() + deadline_s * float(os.environ.get("DESKHAND_TEST_PATIENCE", "1"))
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Late(f"not within {deadline_s:g} s: {what}")
        time.sleep(every_s)


def run(command, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          **options)


class Process:
    """A program in a session of its own, with a log."""

    def __init__(self, name, command, env, log_folder, **options):
        self.name = name
        self.log_path = log_folder / f"{name}.log"
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(
                [str(c) for c in command], env=env, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True, preexec_fn=die_with_parent, **options)
        self.pid = self.popen.pid

    @property
    def is_alive(self):
        return self.popen.poll() is None

    def log(self):
        return self.log_path.read_text(errors="replace")

    def kill(self, number=signal.SIGKILL):
        if self.is_alive:
            os.kill(self.pid, number)

    def end(self, patience_s=5.0):
        """Ends the whole group, kindly first; returns whether kindness was enough."""
        was_kind = True
        for number, patience in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                pass
            try:
                self.popen.wait(patience)
                break
            except subprocess.TimeoutExpired:
                was_kind = False
        return was_kind


def state_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""


def is_running(pid):
    state = state_of(pid)
    return bool(state) and state.rpartition(")")[2].split()[0] not in "ZX"


def name_of(pid):
    try:
        parts = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return os.path.basename(parts[0].decode(errors="replace"))
    except OSError:
        return ""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Pages with a charset, no log."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map,
                      ".html": "text/html; charset=utf-8"}

    def log_message(self, *_arguments): # pylint: disable=arguments-differ
        pass


class Desktop:
    """One private desktop. Use it as a context, or start() and close()."""

    def __init__(self, width=1920, height=1080, agentd=True, window_manager=True,
                 session_bus=True, accessibility=True, env=None, config=""):
        self.size = (width, height)
        self.with_agentd = agentd
        self.with_window_manager = window_manager
        self.with_session_bus = session_bus
        self.with_accessibility = accessibility
        self.extra_env = env or {}
        self.config = config
        self.folder = None
        self.env = {}
        self.display = None
        self.processes = []
        self.server = None
        self.x_server = self.manager = self.bus = self.agentd = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.close(check=_error[0] is None)

    # --- start and end ---

    def start(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dh-"))
        try:
            self._make_folders()
            self.start_x()
            if self.with_session_bus:
                self.start_bus()
            if self.with_window_manager:
                self.start_window_manager()
            if self.with_agentd:
                self.start_agentd()
        except BaseException:
            print(self.explain())
            self.close(check=False)
            raise
        return self

    def _make_folders(self):
        keep = {k: v for k, v in os.environ.items()
                if k in ("PATH", "DESKHAND_LIBEXEC_DIR", "TZ", "USER", "LOGNAME")
                or k.endswith("SAN_OPTIONS")}
        self.env = dict(keep, LANG="C.UTF-8", GIO_USE_VFS="local", GTK_USE_PORTAL="0",
                        GSETTINGS_BACKEND="memory", GTK_A11Y="atspi", NO_AT_BRIDGE="0",
                        SAL_USE_VCLPLUGIN="gtk3", XDG_SESSION_TYPE="x11", GDK_BACKEND="x11",
                        QT_QPA_PLATFORM="xcb", LIBGL_ALWAYS_SOFTWARE="1", MOZ_CRASHREPORTER="0",
                        XDG_CURRENT_DESKTOP="Openbox")
        self.env.pop("NO_AT_BRIDGE")
        for variable, name in (("HOME", "home"), ("XDG_RUNTIME_DIR", "run"),
                               ("XDG_CONFIG_HOME", "home/.config"),
                               ("XDG_DATA_HOME", "home/.local/share"),
                               ("XDG_STATE_HOME", "home/.local/state"),
                               ("XDG_CACHE_HOME", "home/.cache"), ("TMPDIR", "tmp")):
            path = self.folder / name
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.env[variable] = str(path)
        self.env.update(self.extra_env)
        self.logs.mkdir()
        self.files.mkdir()
        if self.config:
            folder = pathlib.Path(self.env["XDG_CONFIG_HOME"], "deskhand")
            folder.mkdir()
            (folder / "agentd.conf").write_text(self.config, encoding="utf-8")

    @property
    def logs(self):
        return self.folder / "logs"

    @property
    def files(self):
        """For documents that applications open."""
        return self.folder / "files"

    @property
    def home(self):
        return pathlib.Path(self.env["HOME"])

    def spawn(self, name, command, env=None, **options):
        process = Process(name, command, dict(self.env, **(env or {})), self.logs, **options)
        self.processes.append(process)
        return process

    def start_x(self, display=None):
        """On the first free display, or on @display again."""
        reader, writer = os.pipe()
        which = [display] if display else []
        self.x_server = self.spawn(
            "xvfb", ["Xvfb", *which, "-displayfd", str(writer), "-screen", "0",
                     f"{self.size[0]}x{self.size[1]}x24", "-dpi", "96", "-nolisten", "tcp",
                     "-noreset", "+extension", "RANDR"], pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as stream:
            number = stream.readline().strip()
        if not number:
            raise Late(f"Xvfb did not start:\n{self.x_server.log()}")
        self.display = self.env["DISPLAY"] = f":{number}"
        run(["xset", "s", "off", "-dpms"], env=self.env)
        run(["xsetroot", "-solid", "#305070"], env=self.env)

    def start_bus(self, address=None):
        """At a fresh address, or at @address again."""
        where = f"unix:path={self.folder}/bus"
        config = self.folder / "bus.conf"
        services = "<standard_session_servicedirs/>" if self.with_accessibility else ""
        config.write_text(f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>{address or where}</listen>{services}
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
""", encoding="utf-8")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address or where
        self.bus = self.spawn("bus", ["dbus-daemon", f"--config-file={config}", "--nofork"])
        wait_for(lambda: self.call_bus("ListNames") is not None, "the session bus answers")

    def call_bus(self, method, *arguments):
        done = run(["dbus-send", "--session", "--print-reply", "--reply-timeout=2000",
                    "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                    f"org.freedesktop.DBus.{method}", *arguments], env=self.env)
        return done.stdout if done.returncode == 0 else None

    def start_window_manager(self):
        self.manager = self.spawn("openbox", ["openbox"])
        wait_for(lambda: "window id" in run(
            ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.env).stdout,
            "openbox manages the windows", START_DEADLINE_S)

    def start_agentd(self, *arguments, wait=True, env=None):
        if not shutil.which("deskhand-agentd", path=self.env["PATH"]):
            raise Skip("deskhand-agentd is not built")
        self.agentd = self.spawn("agentd", ["deskhand-agentd", *arguments], env=env)
        if wait:
            self.wait_recording()
        return self.agentd

    def wait_recording(self, deadline_s=START_DEADLINE_S):
        def is_ready():
            status = self.status()
            return status.get("recording") and status.get("scenes") is not None

        wait_for(is_ready, "agentd records and its vault answers", deadline_s)

    def is_well(self):
        parts = (self.x_server, self.manager, self.bus, self.agentd)
        return all(p is None or p.is_alive for p in parts)

    def end_apps(self, but=None):
        """Ends whatever is not a part of the desktop."""
        parts = (self.x_server, self.manager, self.bus, self.agentd, but)
        for process in [p for p in self.processes if p not in parts]:
            process.end(1.0)
            self.processes.remove(process)
        for window in self.windows(of_class="."):
            self.xdotool("windowkill", window)

    def stop_agentd(self):
        """Returns whether it ended when asked to."""
        process, self.agentd = self.agentd, None
        return process is None or process.end()

    def close(self, check=True):
        """Ends everything; with @check it is an error when a part of Deskhand stays."""
        left = []
        if self.agentd is not None:
            self.agentd.end()
            left = self.deskhand_pids()
            deadline = time.monotonic() + 5
            while left and time.monotonic() < deadline:
                time.sleep(0.05)
                left = self.deskhand_pids()
        names = [f"{name_of(p)} ({p})" for p in left]
        for process in reversed(self.processes):
            if process not in (self.x_server, self.bus):
                process.end(patience_s=1.0)
        for process in (self.x_server, self.bus):
            if process is not None:
                process.end(patience_s=1.0)
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        if os.environ.get("DESKHAND_KEEP"):
            print(f"kept {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if check and names:
            raise AssertionError("left behind by agentd: " + ", ".join(names))

    # --- processes ---

    def pids(self):
        """Every process of this desktop, ours or an application's."""
        mark = f"XDG_RUNTIME_DIR={self.env['XDG_RUNTIME_DIR']}".encode()
        found = set()
        for entry in os.listdir("/proc"):
            if entry.isdigit() and int(entry) != os.getpid() and is_running(int(entry)):
                try:
                    if mark in pathlib.Path("/proc", entry, "environ").read_bytes().split(b"\0"):
                        found.add(int(entry))
                except OSError:
                    pass
        for process in self.processes:
            if process.is_alive:
                found |= {process.pid, *descendants(process.pid)}
        # Parts of Deskhand hide their environment from all but root; orphans are our parent's, as
        # long as that is the one that supervises us: init's are everybody's.
        if os.getppid() != 1:
            found |= {p for p in descendants(os.getppid()) if name_of(p) in DESKHAND}
        return found

    def deskhand_pids(self, name=None):
        wanted = (name,) if name else DESKHAND
        return sorted(p for p in self.pids() if name_of(p) in wanted)

    def pid_of(self, name, deadline_s=20):
        return wait_for(lambda: self.deskhand_pids(name), f"{name} runs", deadline_s)[0]

    def explain(self):
        """The ends of the logs, for a test that failed."""
        parts = []
        for path in sorted(self.logs.glob("*.log")):
            lines = [s for s in path.read_text(errors="replace").splitlines()
                     if s.strip() and not any(n in s for n in NOISE)]
            if lines:
                lines = lines[-(30 if path.stem == "agentd" else 8):]
                parts.append(f"-- {path.name}\n" + "\n".join(lines))
        if self.agentd is not None and self.agentd.is_alive:
            parts.append(f"-- status\n{json.dumps(self.status())}")
        return "\n".join(parts)

    # --- Deskhand ---

    def deskhand(self, *arguments, deadline_s=30, **options):
        return run(["deskhand", *arguments], env=self.env, timeout=deadline_s, **options)

    def status(self):
        done = self.deskhand("status", "--json")
        try:
            return json.loads(done.stdout)
        except ValueError:
            return {}

    def search(self, *query, limit=50):
        """The results, newest first."""
        done = self.deskhand("search", "--json", "--limit", str(limit), "--", *query)
        if done.returncode != 0:
            raise AssertionError(f"deskhand search {query}: {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)["results"]

    def find(self, *query, deadline_s=20.0, where=lambda result: True):
        """Waits until the search has a result that is as wanted, and returns it."""
        seen = []

        def look():
            seen[:] = self.search(*query)
            return next((r for r in seen if where(r)), None)

        try:
            return wait_for(look, f"search {' '.join(query)}", deadline_s, every_s=0.1)
        except Late as late:
            shown = [{k: r.get(k) for k in ("app", "title", "url", "source", "snippet")}
                     for r in seen[:5]]
            raise Late(f"{late}; it gave {shown}; status {self.status()}") from None

    def show(self, scene):
        done = self.deskhand("show", str(scene), "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def picture(self, scene, name="scene.png"):
        path = self.folder / name
        done = self.deskhand("show", str(scene), "--image", str(path))
        assert done.returncode == 0, done.stderr
        return Picture(path)

    def settle(self, deadline_s=30.0, quiet_s=0.5):
        """Waits until nothing that was seen is still on its way to the vault."""
        calm_since = [None]

        def is_calm():
            if self.status().get("lag_ms", 1) != 0:
                calm_since[0] = None
                return False
            calm_since[0] = calm_since[0] or time.monotonic()
            return time.monotonic() - calm_since[0] > quiet_s

        wait_for(is_calm, "everything is stored", deadline_s, every_s=0.1)

    def scenes(self, since=None):
        more = ["--since", since] if since else []
        done = self.deskhand("timeline", "--json", *more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["results"]

    # --- the person ---

    def xdotool(self, *arguments):
        return run(["xdotool", *map(str, arguments)], env=self.env).stdout

    def windows(self, name=None, of_class=None):
        how = ["--name", name] if name is not None else ["--class", of_class]
        return [int(w) for w in self.xdotool("search", "--onlyvisible", *how).split()]

    def wait_window(self, name=None, of_class=None, deadline_s=LONG_S):
        return wait_for(lambda: self.windows(name, of_class), f"window {name or of_class}",
                        deadline_s, every_s=0.15)[-1]

    def start_app(self, name, command, title=None, of_class=None, env=None, deadline_s=LONG_S):
        """Returns the process and its window."""
        before = set(self.windows(title, of_class))
        process = self.spawn(name, command, env=env)

        def look():
            found = self.windows(title, of_class)
            if not found and not process.is_alive and process.popen.returncode != 0:
                raise AssertionError(f"{name} ended: {process.log()[-2000:]}")
            if not process.is_alive: # another one shows it, maybe in a window that it had
                return found
            return [w for w in found if w not in before]

        process.window = wait_for(look, f"window of {name}", deadline_s, every_s=0.15)[-1]
        self.activate(process.window)
        return process

    def activate(self, window):
        self.xdotool("windowactivate", "--sync", window) if self.with_window_manager \
            else self.xdotool("windowfocus", window)

    def place(self, window, x, y, width, height):
        self.xdotool("windowsize", "--sync", window, width, height, "windowmove", window, x, y)

    def geometry(self, window):
        """x, y, width, height of the window's inside, in root pixels."""
        values = dict(line.split("=") for line in self.xdotool(
            "getwindowgeometry", "--shell", window).split() if "=" in line)
        return tuple(int(values[k]) for k in ("X", "Y", "WIDTH", "HEIGHT"))

    def type(self, text, delay_ms=25):
        """A newline is the Return key (xdotool drops one at the end)."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.key("Return")
            if line:
                self.xdotool("type", "--delay", delay_ms, "--", line)

    def key(self, *keys):
        self.xdotool("key", "--delay", "20", *keys)

    def click(self, x, y, button=1):
        self.xdotool("mousemove", x, y, "click", button)

    def scroll(self, x, y, notches, delay_ms=60):
        """Down for positive @notches."""
        self.xdotool("mousemove", x, y, "click", "--repeat", abs(notches), "--delay", delay_ms,
                     5 if notches > 0 else 4)

    def title(self, window):
        return self.xdotool("getwindowname", window).rstrip("\n")

    def screenshot(self, name="screen.png", window="root"):
        path = self.folder / name
        run(["import", "-silent", "-window", str(window), str(path)], env=self.env)
        return Picture(path)

    # --- pages ---

    def serve(self):
        """Serves self.files over HTTP; returns the address without a slash at the end."""
        if self.server is None:
            handler = functools.partial(QuietHandler, directory=str(self.files))
            self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def write(self, name, text):
        path = self.files / name
        path.write_text(text, encoding="utf-8")
        return path


class Picture:
    """A PNG file, looked at with ImageMagick."""

    def __init__(self, path):
        assert path.exists(), f"no picture at {path}"
        self.path = path

    def _ask(self, *arguments):
        done = run(["convert", str(self.path), *arguments])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def size(self):
        width, height = self._ask("-format", "%w %h", "info:").split()
        return int(width), int(height)

    def count(self, colour):
        """How many of its pixels have exactly this colour."""
        return int(float(self._ask("-alpha", "off", "-fill", "black", "+opaque", colour, "-fill",
                                   "white", "-opaque", colour, "-format",
                                   "%[fx:round(mean*w*h)]", "info:")))

    def contrast(self, x, y, width, height):
        """Of a part: 0 is one flat colour, text is well above 0.05."""
        return float(self._ask("-crop", f"{width}x{height}+{x}+{y}", "+repage", "-colorspace",
                               "gray", "-format", "%[fx:maxima-minima]", "info:"))

    def read(self, x, y, width, height):
        """What Tesseract reads in a part, as a second opinion on where a word is."""
        return read_with_tesseract(self.path, x, y, width, height)


def read_with_tesseract(path, x, y, width, height, language=b"eng"):
    """One line, by Tesseract's C interface: enlarged, with a border, one thread."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    crop = path.with_suffix(".crop.png")
    done = run(["convert", str(path), "-crop", f"{width}x{height}+{x}+{y}", "+repage",
                "-colorspace", "gray", "-resize", "300%", "-bordercolor", "white", "-border",
                "30", str(crop)])
    assert done.returncode == 0, done.stderr
    tess, lept = tesseract_libraries()
    engine = tess.TessBaseAPICreate()
    assert tess.TessBaseAPIInit3(engine, None, language) == 0
    tess.TessBaseAPISetPageSegMode(engine, 7)
    pix = ctypes.c_void_p(lept.pixRead(str(crop).encode()))
    tess.TessBaseAPISetImage2(engine, pix)
    text = tess.TessBaseAPIGetUTF8Text(engine)
    value = ctypes.cast(text, ctypes.c_char_p).value.decode(errors="replace").strip()
    tess.TessDeleteText(text)
    lept.pixDestroy(ctypes.byref(pix))
    tess.TessBaseAPIDelete(engine)
    return value


@functools.lru_cache(maxsize=1)
def tesseract_libraries():
    tess, lept = ctypes.CDLL("libtesseract.so.5"), ctypes.CDLL("liblept.so.5")
    pointer = ctypes.c_void_p
    tess.TessBaseAPICreate.restype = pointer
    tess.TessBaseAPIInit3.argtypes = [pointer, ctypes.c_char_p, ctypes.c_char_p]
    tess.TessBaseAPISetPageSegMode.argtypes = [pointer, ctypes.c_int]
    tess.TessBaseAPISetImage2.argtypes = [pointer, pointer]
    tess.TessBaseAPIGetUTF8Text.argtypes = [pointer]
    tess.TessBaseAPIGetUTF8Text.restype = pointer
    tess.TessDeleteText.argtypes = [pointer]
    tess.TessBaseAPIDelete.argtypes = [pointer]
    lept.pixRead.argtypes = [ctypes.c_char_p]
    lept.pixRead.restype = pointer
    lept.pixDestroy.argtypes = [pointer]
    lept.pixCreate.restype = lept.pixGetData.restype = lept.pixConvertRGBToGray.restype = pointer
    lept.pixGetData.argtypes = [pointer]
    lept.pixSetResolution.argtypes = [pointer, ctypes.c_int, ctypes.c_int]
    lept.pixConvertRGBToGray.argtypes = [pointer] + [ctypes.c_float] * 3
    return tess, lept
