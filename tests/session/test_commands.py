# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""The command line against a real vault that a small client fills: no display, no bus."""
import datetime
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import tempfile
import termios
import time

from desktop import Picture, Process, Skip, run, wait_for

NOW_US = int(time.time()) * 1_000_000
MINUTE_US = 60_000_000
DAY_US = 24 * 60 * MINUTE_US
ESCAPE = "\x1b]0;owned\x07\x1b[31m"

# By group of the client's file; the oldest first.
SCENES = {
    "old": {"start": NOW_US - 3 * DAY_US, "app": "Evince", "title": "Thesis",
            "file": "/home/me/thesis.pdf", "text": "ancient walrus", "grey": 10},
    "page": {"start": NOW_US - 40 * MINUTE_US, "app": "Chromium", "title": "Invoice 4711",
             "url": "https://zoom.us/invoice?id=4711", "text": "total due walrus 1,280.00",
             "grey": 200},
    "evil": {"start": NOW_US - 30 * MINUTE_US, "app": "XTerm", "title": f"{ESCAPE}evil\u202egpj",
             "text": f"walrus {ESCAPE}\u009b2J \"quoted\\\\backslash\" C++", "grey": 30},
    "chinese": {"start": NOW_US - 20 * MINUTE_US, "app": "Mousepad", "title": "报价单",
                "text": "请在星期五之前发出合同\\n报价 walrus 😀", "grey": 40},
}


class Vault:
    """A vault in folders of its own, filled."""

    def __init__(self):
        if not shutil.which("deskhand-vault"):
            raise Skip("deskhand-vault is not built")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskhand-commands-"))
        self.env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "NO_COLOR")}
        self.env.update(HOME=str(self.folder), XDG_RUNTIME_DIR=str(self.folder),
                        XDG_DATA_HOME=str(self.folder / "data"), TZ="Europe/Berlin",
                        G_DEBUG="fatal-criticals",
                        DBUS_SESSION_BUS_ADDRESS=f"unix:path={self.folder}/no-bus")
        self.process = None
        self.ids = {}

    def __enter__(self):
        self.start()
        path = self.folder / "scenes"
        path.write_text("".join(self.group(n, s) for n, s in SCENES.items()), encoding="utf-8")
        done = run(["deskhand-test-append", str(path)], env=self.env)
        assert done.returncode == 0, done.stderr
        self.ids = dict(zip(SCENES, map(int, done.stdout.split())))
        return self

    def __exit__(self, *_error):
        self.process.end()
        shutil.rmtree(self.folder)

    @staticmethod
    def group(name, scene):
        scene = dict({"end": scene["start"] + MINUTE_US, "actor": "human"}, **scene)
        return f"[{name}]\n" + "".join(f"{k}={v}\n" for k, v in scene.items())

    def start(self):
        self.process = Process("vault", ["deskhand-vault"], self.env, self.folder)
        wait_for((self.folder / "deskhand/recall.sock").exists, "the vault listens")

    def deskhand(self, *arguments, **options):
        return run(["deskhand", *arguments], env=self.env, timeout=30, **options)

    def json(self, *arguments):
        done = self.deskhand(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        return json.loads(done.stdout)

    def found(self, *arguments):
        names = {v: k for k, v in self.ids.items()}
        return [names[r["scene"]] for r in self.json("search", "--json", *arguments)["results"]]


def on_terminal(vault, *arguments, columns=0):
    """What a terminal is sent."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    with subprocess.Popen(["deskhand", *arguments], env=dict(vault.env, TERM="xterm"),
                          stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        text = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError: # the other side has closed
                break
            if not block:
                break
            text += block
        status = process.wait(10)
        os.close(ours) # only now: it may be the terminal of this session, whose end is a SIGHUP
        assert status == 0, (status, text)
    return text.decode()


def test_search():
    with Vault() as vault:
        check_search(vault)
        check_queries(vault)
        check_human(vault)
        check_pages(vault)


def check_search(vault):
    answer = vault.json("search", "--json", "walrus")
    assert answer["next"] is None, answer
    assert [r["scene"] for r in answer["results"]] == sorted(vault.ids.values(), reverse=True)
    page = next(r for r in answer["results"] if r["scene"] == vault.ids["page"])
    assert page["app"] == "Chromium" and page["title"] == "Invoice 4711", page
    assert page["url"] == "https://zoom.us/invoice?id=4711" and page["file"] == "", page
    assert page["source"] == "accessible" and page["actor"] == "human", page
    assert page["words"] == [{"text": "walrus", "x": 120, "y": 0, "w": 60, "h": 20}], page
    start = datetime.datetime.fromisoformat(page["start"])
    assert start.timestamp() * 1_000_000 == SCENES["page"]["start"], page
    assert page["start"][-6:] in ("+01:00", "+02:00") and page["start"][19:23] == ".000", page
    evil = next(r for r in answer["results"] if r["scene"] == vault.ids["evil"])
    assert "walrus" in evil["snippet"], evil


def check_queries(vault):
    assert vault.found("zoom.us") == ["page"]
    assert vault.found("C++") == ["evil"]
    assert vault.found("合同") == ["chinese"] and vault.found("报价", "walrus") == ["chinese"]
    assert vault.found("walrus", "-total", "-quoted") == ["chinese", "old"]
    assert vault.found("--app", "Evince", "walrus") == ["old"]
    assert vault.found("--since", "yesterday", "--until", "today", "--app", "chromium", "walrus") \
        == ["page"]
    assert set(vault.found("--best", "walrus")) == set(SCENES)
    assert vault.found("nowhere") == []
    for query in ("-x", "--", "\"", "*", "a:b"):
        vault.found("--", query)
    assert vault.found("?!") == []
    for query in ("app:", "title:", "before:", "("):
        assert set(vault.found(query)) == set(SCENES), query
    assert vault.found("app:", "evince") == ["old"]
    assert set(vault.found("before:now")) == set(SCENES)
    assert set(vault.found("--until", "now", "--since", "25.11.2001", "walrus")) == set(SCENES)
    assert set(vault.found("--until", "tomorrow", "walrus")) == set(SCENES)
    gap = vault.deskhand("search", "app:", "kakapo")
    assert gap.returncode == 0 and 'after "app:" was looked for in a program' in gap.stderr, gap
    late = vault.deskhand("search", "--since", "tomorrow", "walrus")
    assert late.returncode == 2 and 'remembered yet from "tomorrow" on; say' in late.stderr, late
    odd = vault.deskhand("search", "before:soon", "walrus")
    assert odd.returncode == 0 and 'follows "before:"' in odd.stderr, odd.stderr
    assert not vault.deskhand("search", "after:2020-01-01", "walrus").stderr
    assert not vault.deskhand("search", "before:now", "walrus").stderr
    dated = vault.deskhand("search", "昨天的", "walrus")
    assert dated.returncode == 0 and '"昨天的" was read as a time' in dated.stderr, dated
    dated = vault.deskhand("search", "--json", "今年之前")
    assert not dated.stderr and '"今年之前" was' in json.loads(dated.stdout)["note"], dated
    assert vault.json("search", "--json", "walrus")["note"] is None
    assert vault.json("search", "--json", "C++")["note"] is None
    for query, name in (("C#", "evil"), ("《合同》", "chinese")):
        near = vault.deskhand("search", query)
        assert f"scene {vault.ids[name]}\n" in near.stdout, near
        assert f'has "{query}" as it stands' in near.stderr, near
        assert vault.json("search", "--json", query)["note"] == near.stderr.strip()


def check_human(vault):
    done = vault.deskhand("search", "walrus")
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "\x1b" not in done.stdout and "\u009b" not in done.stdout, ascii(done.stdout)
    assert "\u202e" not in done.stdout and "\ufffd]0;owned\ufffd" in done.stdout
    for name, number in vault.ids.items():
        assert f"scene {number}\n" in done.stdout, name
    assert "Chromium  Invoice 4711\n    https://zoom.us/invoice?id=4711\n" in done.stdout
    assert done.stdout.endswith("4 results\n"), done.stdout
    nothing = vault.deskhand("search", "nowhere")
    assert nothing.returncode == 0 and not nothing.stdout and "Nothing found" in nothing.stderr
    assert "\x1b[1mwalrus\x1b[0m" in on_terminal(vault, "search", "walrus")
    vault.env["NO_COLOR"] = "1"
    assert "\x1b" not in on_terminal(vault, "search", "walrus")
    del vault.env["NO_COLOR"]


def check_pages(vault):
    first = vault.deskhand("search", "--limit", "3", "walrus", "-nowhere")
    line = next(x for x in first.stdout.splitlines() if "more: " in x)
    command = line.partition("more: ")[2]
    done = run(["sh", "-c", command], env=vault.env)
    assert str(vault.ids["old"]) in done.stdout and "1 result\n" in done.stdout, (line, done)
    answer = vault.json("search", "--json", "--limit", "3", "walrus")
    assert len(answer["results"]) == 3 and answer["next"]
    rest = vault.json("search", "--json", "--limit", "3", "--cursor", answer["next"], "walrus")
    assert [r["scene"] for r in rest["results"]] == [vault.ids["old"]] and rest["next"] is None


def test_show():
    with Vault() as vault:
        check_show_text(vault)
        check_show_image(vault)
        check_show_refuses(vault)


def check_show_text(vault):
    number = str(vault.ids["chinese"])
    text = vault.deskhand("show", number).stdout
    assert "title     报价单\n" in text and text.endswith("\n报价 walrus 😀\n"), text
    scene = vault.json("show", number, "--json")
    assert scene["text"] == "请在星期五之前发出合同\n报价 walrus 😀", scene
    assert [w["text"] for w in scene["words"]] == ["请在星期五之前发出合同", "报价", "walrus", "😀"]
    assert (scene["width"], scene["height"]) == (400, 200) and "hits" not in scene
    hits = vault.json("show", number, "--json", "--mark", "walrus")["hits"]
    assert hits == [{"text": "walrus", "x": 60, "y": 20, "w": 60, "h": 20}], hits
    both = vault.json("show", number, "--json", "--mark", "walrus", "--mark", "报价")["hits"]
    assert [h["text"] for h in both] == ["报价", "walrus"], both
    evil = vault.deskhand("show", str(vault.ids["evil"]))
    assert "\x1b" not in evil.stdout and "\u009b" not in evil.stdout, ascii(evil.stdout)


def check_show_image(vault):
    number = str(vault.ids["page"])
    path = vault.folder / "page.png"
    done = vault.deskhand("show", number, "--image", str(path), "--mark", "walrus")
    assert done.returncode == 0 and "400 × 200 pixels, 1 marked" in done.stdout, done
    picture = Picture(path)
    assert picture.size == (400, 200)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not [p for p in vault.folder.iterdir() if p.name.startswith("page.png.")]
    raw = subprocess.run(["deskhand", "show", number, "--image", "-"], env=vault.env,
                         stdout=subprocess.PIPE, check=True).stdout
    plain = vault.folder / "plain.png"
    plain.write_bytes(raw)
    assert pixel(plain, 50, 50) == (200, 200, 200) and pixel(plain, 300, 150) == (128, 128, 128)
    assert pixel(path, 150, 10) == (128, 128, 128) and pixel(path, 150, 22)[0] > 200


def pixel(path, x, y):
    done = run(["convert", str(path), "-format", f"%[fx:round(255*p{{{x},{y}}}.r)],"
                f"%[fx:round(255*p{{{x},{y}}}.g)],%[fx:round(255*p{{{x},{y}}}.b)]", "info:"])
    return tuple(map(int, done.stdout.split(",")))


def check_show_refuses(vault):
    number = str(vault.ids["page"])
    for arguments, code, says in (
            (["1"], 1, "There is no such scene"), (["123"], 1, "There is no such scene"), (["x"], 2, "not a scene's number"), ([], 2, "needs SCENE"),
            ([number, "--mark", "x"], 2, "--mark needs"),
            ([number, "--image", "/x.png", "--image", "-"], 2, "--image was given twice"),
            ([number, "--json", "--image", "-"], 2, "one of them"),
            ([number, "--image", "/tmp/x.jpg"], 2, "ends in .png"),
            ([number, "--image", "/nonexistent/x.png"], 1,
             "to /nonexistent/x.png: No such file or directory.")):
        done = vault.deskhand("show", *arguments)
        assert done.returncode == code and says in done.stderr, (arguments, done)
        assert not done.stdout and done.stderr.count("\n") == 1, (arguments, done)


def test_timeline():
    with Vault() as vault:
        text = vault.deskhand("timeline").stdout
        order = [text.index(str(n)) for n in vault.ids.values()]
        assert order == sorted(order, reverse=True), text
        assert "\x1b" not in text and "Evince  Thesis\n" in text, text
        results = vault.json("timeline", "--json", "--app", "Chromium")["results"]
        assert [r["scene"] for r in results] == [vault.ids["page"]]
        assert "words" not in results[0] and results[0]["source"] == "accessible"
        assert len(vault.json("timeline", "--json", "--since", "yesterday")["results"]) == 3
        narrow = on_terminal(vault, "timeline", columns=48).replace("\r", "")
        assert "Thesis" in narrow and "Invoice 4…\n" in narrow, narrow
        assert all(len(line) <= 48 for line in re.sub("\x1b\\[[0-9]*m", "", narrow).split("\n")), narrow
        day = datetime.datetime.fromtimestamp(SCENES["old"]["start"] // 1_000_000,
                                              datetime.timezone.utc)
        on_day = vault.json("timeline", "--json", "--", f"{day:%Y-%m-%d}")["results"]
        assert [r["scene"] for r in on_day] == [vault.ids["old"]], on_day
        ago = vault.json("timeline", "--json", "last", "year")["results"]
        assert not ago, ago
        both = vault.deskhand("timeline", "--since", "9:00", "yesterday")
        assert both.returncode == 2 and "Say one of them: a time" in both.stderr, both
        nothing = vault.deskhand("timeline", "--until", "2001-01-01")
        assert nothing.returncode == 0 and "Nothing was recorded" in nothing.stderr


def test_status_and_doctor_without_an_agent():
    with Vault() as vault:
        done = vault.deskhand("status", "--json")
        status = json.loads(done.stdout)
        assert done.returncode == 5 and status["recording"] is False and status["reason"], status
        assert status["scenes"] == 4 and status["bytes"] > 0 and status["damaged"] == 0, status
        oldest = datetime.datetime.fromisoformat(status["oldest"])
        assert oldest.timestamp() * 1_000_000 == SCENES["old"]["start"], status
        done = vault.deskhand("doctor")
        assert done.returncode == 1 and "ok    vault: " in done.stdout, done
        assert "bad   agent: " in done.stdout, done
        states = {p["name"]: p["state"] for p in json.loads(
            vault.deskhand("doctor", "--json").stdout)["parts"]}
        assert states["vault"] == "ok" and states["agent"] == "bad", states
        assert vault.deskhand("pause").returncode == 5


def test_no_vault():
    with Vault() as vault:
        vault.process.end()
        for arguments in (["search", "x"], ["search", "--json", "x"], ["show", "7"], ["timeline"]):
            done = vault.deskhand(*arguments)
            assert done.returncode == 5 and "vault" in done.stderr, (arguments, done)
            assert not done.stdout and done.stderr.count("\n") == 1, (arguments, done)
        vault.start()
        assert len(vault.found("walrus")) == 4


LISTEN_AS_NOBODY = """import os, socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
os.setuid(65534)
listener.listen()
print("listening", flush=True)
time.sleep(60)
"""


def test_a_socket_of_another_user():
    if os.getuid() != 0:
        raise Skip("only root becomes another user")
    with tempfile.TemporaryDirectory(prefix="deskhand-commands-") as folder:
        path = pathlib.Path(folder) / "deskhand/recall.sock"
        path.parent.mkdir(mode=0o700)
        with subprocess.Popen(["/usr/bin/python3", "-c", LISTEN_AS_NOBODY, str(path)],
                              stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            done = run(["deskhand", "search", "walrus"], timeout=30,
                       env=dict(os.environ, XDG_RUNTIME_DIR=folder))
            other.kill()
    assert done.returncode == 1 and "is another user's" in done.stderr, done


def test_doctor_when_the_vault_cannot_start():
    """Why it cannot is said by doctor, and no more once it runs."""
    with Vault() as vault:
        vault.process.end()
        folder = vault.folder / "data/deskhand/segments"
        names = [folder / "keyring", folder / "keyring.copy"]
        whole = names[0].read_bytes()
        for name in names:
            name.write_bytes(whole[:40])
        done = vault.deskhand("doctor")
        assert "bad   vault: deskhand-vault is not running" in done.stdout, done.stdout
        vault_program = subprocess.run(["deskhand-vault"], env=vault.env, timeout=20, check=False,
                                       capture_output=True, text=True)
        assert vault_program.returncode == 1 and "keyring" in vault_program.stderr
        done = vault.deskhand("doctor")
        assert "bad   vault: The keyring is damaged" in done.stdout, done.stdout
        assert "or move the folder of the history away, and a new one begins" in done.stdout, done
        away = folder.rename(folder.with_name("away"))
        vault.start()
        assert "keeps 0 scenes" in vault.deskhand("doctor").stdout
        vault.process.end()
        shutil.rmtree(folder)
        away.rename(folder)
        for name in names:
            name.write_bytes(whole)
        vault.start()
        assert "ok    vault: " in vault.deskhand("doctor").stdout
        folder = next(folder.glob("*.db"))
        vault.process.end()
        folder.rename(folder.with_suffix(".away"))
        folder.mkdir()
        vault.start()
        assert "bad   files: 1 week" in vault.deskhand("doctor").stdout
        assert "Unreadable 1 week" in vault.deskhand("status").stdout
        folder.rmdir()


class ReadOnly:
    """Makes a folder read-only meanwhile."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __enter__(self):
        if run(["mount", "--bind", self.folder, self.folder]).returncode != 0:
            raise Skip("no mount may be made here")
        self.set("ro")
        return self

    def set(self, mode):
        done = run(["mount", "-o", f"remount,{mode},bind", self.folder])
        assert done.returncode == 0, done

    def __exit__(self, *_error):
        done = run(["umount", "--lazy", self.folder])
        assert done.returncode == 0, done


def append(vault, text):
    path = vault.folder / "one"
    path.write_text(vault.group("one", {"start": NOW_US, "app": "XTerm", "title": text,
                                        "text": text}), encoding="utf-8")
    return run(["deskhand-test-append", str(path)], env=vault.env)


def check_read_only(vault):
    assert len(vault.found("walrus")) == 4
    picture = vault.folder / "seen.png"
    done = vault.deskhand("show", str(vault.ids["old"]), "--image", str(picture))
    assert done.returncode == 0 and picture.stat().st_size > 0, done
    done = append(vault, "heron")
    assert done.returncode != 0 and "read-only" in done.stderr, done
    for words in (["--all"], ["--scene", str(vault.ids["old"])]):
        done = vault.deskhand("forget", *words, "--yes")
        assert done.returncode == 1 and "ead-only" in done.stderr, done
    assert len(vault.found("walrus")) == 4
    assert "Read-only  the disk" in vault.deskhand("status").stdout
    assert "bad   disk: The disk of the history is read-only" in vault.deskhand("doctor").stdout


def test_on_a_read_only_disk():
    """What is there can be searched; recording and forgetting say why not, and then work again."""
    for kill in (False, True):
        with Vault() as vault:
            if kill:
                vault.process.kill()
                (vault.folder / "deskhand/recall.sock").unlink()
            vault.process.end()
            logs = list((vault.folder / "data").rglob("*.db-wal"))
            assert bool(logs) == kill, "with a log and without"
            with ReadOnly(vault.folder / "data") as disk:
                vault.start()
                check_read_only(vault)
                disk.set("rw")
                done = append(vault, "heron")
                assert done.returncode == 0, done
                assert len(vault.json("search", "--json", "heron")["results"]) == 1
                done = vault.deskhand("forget", "--scene", str(vault.ids["old"]), "--yes")
                assert done.returncode == 0 and len(vault.found("walrus")) == 3, done
                assert "Read-only" not in vault.deskhand("status").stdout
                vault.process.end()


class Disk:
    """A file system of its own that can give up, as one does after an error of the disk."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="deskhand-disk-"))
        self.image, self.folder = str(self.root / "image"), str(self.root / "mounted")

    def mount(self):
        return run(["mount", "-o", "loop", self.image, self.folder]).returncode == 0

    def __enter__(self):
        pathlib.Path(self.folder).mkdir()
        with open(self.image, "wb") as image:
            image.truncate(48 << 20)
        if not shutil.which("mkfs.ext4") or not self.mount_new():
            shutil.rmtree(self.root)
            raise Skip("no file system may be made and mounted here")
        return self

    def mount_new(self):
        return run(["mkfs.ext4", "-q", "-e", "remount-ro", self.image]).returncode == 0 and \
            self.mount()

    def give_up(self):
        source = run(["findmnt", "-n", "-o", "SOURCE", self.folder]).stdout.strip()
        trigger = pathlib.Path("/sys/fs/ext4", pathlib.Path(source).name, "trigger_fs_error")
        trigger.write_text("1", encoding="utf-8")

    def mend(self):
        assert run(["umount", self.folder]).returncode == 0
        run(["e2fsck", "-fy", self.image])
        assert self.mount()

    def __exit__(self, *_error):
        done = run(["umount", self.folder])
        assert done.returncode == 0, done
        shutil.rmtree(self.root)


def test_a_disk_that_gives_up():
    """It turns read-only while the vault runs, and is when it starts again."""
    with Disk() as disk:
        vault = Vault()
        vault.env["XDG_DATA_HOME"] = disk.folder
        with vault:
            disk.give_up()
            for _time in range(2):
                check_read_only(vault)
                vault.process.kill()
                vault.process.end()
                (vault.folder / "deskhand/recall.sock").unlink()
                vault.start()
            vault.process.end()
            disk.mend()
            vault.start()
            assert len(vault.found("walrus")) == 4
            assert append(vault, "heron").returncode == 0
            assert len(vault.json("search", "--json", "heron")["results"]) == 1
            assert "Read-only" not in vault.deskhand("status").stdout


def test_a_vault_that_hangs():
    with Vault() as vault:
        vault.process.kill(signal.SIGSTOP)
        start = time.monotonic()
        done = vault.deskhand("search", "walrus")
        assert done.returncode == 5 and "does not answer" in done.stderr, done
        assert time.monotonic() - start < 10
        vault.process.kill(signal.SIGCONT)
        assert len(vault.found("walrus")) == 4


def test_ctrl_c():
    with Vault() as vault:
        vault.process.kill(signal.SIGSTOP)
        with subprocess.Popen(["deskhand", "search", "walrus"], env=vault.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            wait_for(lambda: waits_in_poll(process.pid), "it waits for the vault")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=5)
            assert process.returncode == -signal.SIGINT and not out and not err, (out, err)
        vault.process.kill(signal.SIGCONT)
        assert len(vault.found("walrus")) == 4


def waits_in_poll(pid):
    """The handler of Ctrl-C is set before it first waits."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    caught = int(next(x for x in text.splitlines() if x.startswith("SigCgt")).split()[1], 16)
    return caught >> (signal.SIGINT - 1) & 1 and "S (sleeping)" in text


def test_a_reader_that_has_enough():
    with Vault() as vault:
        done = run(["bash", "-c", "deskhand search walrus | true; echo ${PIPESTATUS[0]}"],
                   env=vault.env)
        assert done.stdout == "0\n" and not done.stderr, done
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(["deskhand", "search", "walrus"], env=vault.env, stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1 and b"Cannot write the answer" in done.stderr, done


def test_usage():
    with Vault() as vault:
        for arguments, says in (
                ([], "deskhand search"), (["serach", "x"], "did you mean `deskhand search`"),
                (["stop"], "did you mean `deskhand pause`"),
                (["version"], "did you mean `deskhand --version`"),
                (["search"], "needs QUERY"), (["search", "--limt", "3", "x"], "--limit"),
                (["search", "--limit", "0", "x"], "1 to 1000"), (["timeline", "x"], "the time \"x\""),
                (["pause", "30"], "30m"), (["show", "--image"], "--image FILE.png"),
                (["search", "--limit"], "needs a value: --limit N"), (["key", "foo"], "not “foo”"),
                (["key", "set", "foo"], "lists them"), (["key", "status", "x"], "“x”"),
                (["search", "--cursor", "rubbish", "x"], "cursor")):
            done = vault.deskhand(*arguments)
            assert done.returncode == 2 and says in done.stderr, (arguments, done)
            assert not done.stdout and done.stderr.count("\n") == 1, (arguments, done)
        assert vault.deskhand("--version").stdout.startswith("deskhand ")
        overview = vault.deskhand("help").stdout
        for command in ("search", "show", "timeline", "pause", "resume", "status", "doctor"):
            done = vault.deskhand(command, "--help")
            assert done.returncode == 0 and "Examples:" in done.stdout, command
            assert vault.deskhand("help", command).stdout == done.stdout
            assert command in overview


def test_sockets_of_the_service_manager():
    """As the units do: systemd listens, and the vault starts when somebody comes."""
    if not shutil.which("systemd-socket-activate"):
        raise Skip("systemd-socket-activate is not here")
    with Vault() as vault:
        vault.process.end()
        sockets = [vault.folder / "deskhand" / f"{n}.sock" for n in ("append", "recall")]
        for path in sockets:
            path.unlink(missing_ok=True)
        vault.process = Process(
            "activate", ["systemd-socket-activate", "-l", sockets[0], "-l", sockets[1],
                         "--fdname=append.sock:recall.sock", "-E", "XDG_RUNTIME_DIR", "-E",
                         "XDG_DATA_HOME", "-E", "PATH", "deskhand-vault"],
            vault.env, vault.folder)
        wait_for(sockets[1].exists, "somebody listens for the vault")
        assert len(vault.found("walrus")) == 4
