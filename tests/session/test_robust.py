# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Parts of the desktop and of Deskhand go away, hang and come back."""
import os
import shutil
import signal

import apps
from checks import assert_found, look_at_it
from desktop import DESKHAND, Desktop, is_running, run, wait_for

N_KILLS = 16
BACK_S = 2.0


def say(desktop, text):
    """Shows @text in a terminal and returns the terminal."""
    return apps.xterm(desktop, *apps.shell(f"echo {text}"))


def say_and_find(desktop, text, deadline_s=30):
    terminal = say(desktop, text)
    result = desktop.find(f'"{text}"', deadline_s=deadline_s)
    terminal.end()
    return result


def test_the_x_server_goes_and_comes_back():
    with Desktop() as desktop:
        say_and_find(desktop, "before the storm")
        display = desktop.display
        desktop.x_server.kill()
        wait_for(lambda: desktop.status().get("recording") is False, "it notices")
        assert desktop.status()["reason"]
        assert_found(desktop, "before the storm")
        desktop.start_x(display)
        desktop.start_window_manager()
        desktop.wait_recording()
        say_and_find(desktop, "after the storm")
        assert desktop.agentd.is_alive


def test_the_bus_goes_and_comes_back():
    with Desktop() as desktop:
        say_and_find(desktop, "before the breakdown")
        address = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        desktop.bus.kill()
        desktop.bus.popen.wait()
        assert_found(desktop, "before the breakdown")
        say_and_find(desktop, "during the breakdown")
        (desktop.folder / "bus").unlink(missing_ok=True)
        desktop.start_bus(address)
        desktop.wait_recording()
        say_and_find(desktop, "after the breakdown")


def test_without_an_accessibility_bus():
    with Desktop(accessibility=False) as desktop:
        apps.mousepad(desktop, desktop.write("plain.txt", "a plain accordion"))
        result = assert_found(desktop, "plain accordion")
        assert result["source"] == "ocr", result


def test_without_a_session_bus():
    with Desktop(session_bus=False, agentd=False) as desktop:
        desktop.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        desktop.start_agentd(wait=False)
        say(desktop, "nobody on the bus")
        wait_for(lambda: desktop.deskhand("search", "--json", "nobody").returncode == 0,
                 "the vault answers")
        assert_found(desktop, "nobody on the bus")


def test_without_a_window_manager():
    with Desktop(window_manager=False) as desktop:
        say_and_find(desktop, "nobody manages this")


def test_the_reader_is_killed():
    with Desktop() as desktop:
        say_and_find(desktop, "first words")
        pid = desktop.pid_of("deskhand-reader")
        os.kill(pid, signal.SIGKILL)
        say_and_find(desktop, "second words")
        assert desktop.pid_of("deskhand-reader") != pid


def test_the_reader_hangs():
    with Desktop() as desktop:
        say_and_find(desktop, "third words")
        pid = desktop.pid_of("deskhand-reader")
        os.kill(pid, signal.SIGSTOP)
        say_and_find(desktop, "fourth words", deadline_s=40)
        assert not is_running(pid), "the reader that hung is still there"


def test_the_vault_is_killed():
    with Desktop() as desktop:
        before = say_and_find(desktop, "safe in the vault")
        pid = desktop.pid_of("deskhand-vault")
        os.kill(pid, signal.SIGKILL)
        say_and_find_again(desktop, "safe in the vault", before)
        say_and_find(desktop, "later in the vault")
        assert desktop.pid_of("deskhand-vault") != pid
        assert desktop.status()["dropped"] == 0


def test_the_vault_is_killed_while_nothing_moves():
    """Nobody has anything to say to it, and it is back all the same."""
    with Desktop() as desktop:
        say_and_find(desktop, "before the kills")
        desktop.settle()
        for _ in range(N_KILLS):
            os.kill(desktop.pid_of("deskhand-vault"), signal.SIGKILL)
            wait_for(lambda: answers(desktop), "the vault answers again", BACK_S)
            look_at_it(0.4)
        assert desktop.search('"before the kills"')


def answers(desktop):
    return desktop.deskhand("timeline").returncode == 0


def say_and_find_again(desktop, text, before):
    """Right after a restart nobody may listen yet; what was acknowledged is there then."""
    wait_for(lambda: desktop.deskhand("search", "--json", "x").returncode == 0,
             "the vault answers again", 30)
    assert before["scene"] in [r["scene"] for r in desktop.search(f'"{text}"')]


def test_the_vault_hangs():
    with Desktop() as desktop:
        say_and_find(desktop, "an awake vault")
        pid = desktop.pid_of("deskhand-vault")
        os.kill(pid, signal.SIGSTOP)
        terminal = say(desktop, "a sleeping vault")
        control = ["gdbus", "call", "--session", "-d", "io.deskhand.Agent1", "-o",
                   "/io/deskhand/Agent1", "-m", "io.deskhand.Agent1.GetStatus"]
        wait_for(lambda: "'lag-us': <int64 0>" not in ask(desktop, control), "it says that it lags")
        look_at_it(2)
        terminal.end()
        if is_running(pid):
            os.kill(pid, signal.SIGCONT)
        assert_found(desktop, "an awake vault", "a sleeping vault", deadline_s=40)


def ask(desktop, command):
    return run(command, env=desktop.env).stdout


def test_a_second_agentd_is_refused():
    with Desktop() as desktop:
        second = desktop.start_agentd(wait=False)
        first = desktop.processes[-2]
        desktop.agentd = first
        wait_for(lambda: not second.is_alive, "the second one gives up")
        assert second.popen.returncode not in (0, -6, -11), second.popen.returncode
        assert "display" in second.log().casefold(), second.log()
        say_and_find(desktop, "the first one stays")


def test_agentd_is_killed():
    with Desktop() as desktop:
        result = say_and_find(desktop, "written in stone")
        desktop.agentd.kill()
        wait_for(lambda: not desktop.deskhand_pids(), "vault and reader end too", 10)
        desktop.start_agentd()
        assert result["scene"] in [r["scene"] for r in desktop.search('"written in stone"')]
        say_and_find(desktop, "written in sand")


def test_agentd_is_gone_before_the_vault_looks():
    """It ends then, instead of keeping the keys for nobody."""
    with Desktop(agentd=False) as desktop:
        starter = desktop.spawn("starter", [
            "bash", "-c", "(while kill -0 $$; do :; done; "
            'exec "$DESKHAND_LIBEXEC_DIR/deskhand-vault" --exit-with-parent=$$) &'])
        starter.popen.wait()
        wait_for(lambda: f"process {starter.pid}," in starter.log(), "the vault says so")
        wait_for(lambda: not desktop.deskhand_pids(), "and ends")


def test_agentd_is_called_by_its_path():
    """It finds vault and reader beside itself, installed or not."""
    with Desktop(agentd=False) as desktop:
        del desktop.env["DESKHAND_LIBEXEC_DIR"]
        desktop.agentd = desktop.spawn("agentd", [shutil.which("deskhand-agentd")])
        desktop.wait_recording()
        say_and_find(desktop, "called by its path")


def test_agentd_before_the_desktop():
    with Desktop(agentd=False) as desktop:
        address = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        for process in (desktop.manager, desktop.x_server, desktop.bus):
            process.end()
        (desktop.folder / "bus").unlink(missing_ok=True)
        # One that no other test's server takes meanwhile, as it might the one just given up.
        display = desktop.env["DISPLAY"] = f":{1000 + os.getpid() % 20000}"
        desktop.start_agentd(wait=False)
        wait_for(lambda: desktop.deskhand_pids("deskhand-agentd"), "agentd runs")
        look_at_it()
        assert desktop.agentd.is_alive, desktop.agentd.log()
        desktop.start_x(display)
        desktop.start_bus(address)
        desktop.start_window_manager()
        desktop.wait_recording()
        say_and_find(desktop, "the late desktop")


def test_agentd_long_after_the_desktop():
    with Desktop(agentd=False) as desktop:
        apps.xterm(desktop, *apps.shell("echo older than the daemon"))
        apps.mousepad(desktop, desktop.write("older.txt", "an antique typewriter"))
        desktop.start_agentd()
        assert_found(desktop, "older than the daemon", "antique typewriter")


def test_agentd_without_a_desktop():
    with Desktop(agentd=False) as desktop:
        desktop.x_server.end()
        desktop.start_agentd(wait=False)
        status = wait_for(desktop.status, "status without a desktop")
        assert status["recording"] is False and status["reason"], status
        assert desktop.stop_agentd(), "it had to be killed"
        wait_for(lambda: not desktop.deskhand_pids(), f"none of {DESKHAND} stays")


def test_a_language_that_is_not_there():
    """Beside one that is, too: it would be left out, and nobody told."""
    with Desktop(config="[read]\nlanguages=eng+xx\n") as desktop:
        apps.xterm(desktop, *apps.shell("echo walrus"), title="letters")
        sentence = 'No language data for "xx": install the package tesseract-ocr-xx'
        wait_for(lambda: desktop.status()["pixels_error"] == sentence, "status says so")
        assert f"Pixels     are not read: {sentence}" in desktop.deskhand("status").stdout
        assert f"bad   agent's reader: {sentence}" in desktop.deskhand("doctor").stdout
        assert f"Pixels are not read: {sentence}" in desktop.agentd.log()


def test_settings_with_a_mistake():
    """What keeps the agent from starting, or would the next time, is said by doctor and status."""
    with Desktop(agentd=False, config="[never]\nsits=bank.example\n") as desktop:
        settings = desktop.home / ".config/deskhand/agentd.conf"
        sentence = f"Cannot use {settings}: there is no setting [never] sits"
        agentd = desktop.start_agentd(wait=False)
        wait_for(lambda: not agentd.is_alive, "it refuses to start")
        assert f"bad   agent: {sentence}" in desktop.deskhand("doctor").stdout
        assert f"Recording  no: {sentence}" in desktop.deskhand("status").stdout
        settings.write_text("[never]\nsites=bank.example\n", encoding="utf-8")
        desktop.start_agentd()
        assert "ok    agent's settings: " in desktop.deskhand("doctor").stdout
        settings.write_text("[never]\nsits=bank.example\n", encoding="utf-8")
        assert f"bad   agent's settings: {sentence}" in desktop.deskhand("doctor").stdout
        assert desktop.status()["recording"]
        desktop.stop_agentd()
        wait_for(lambda: not desktop.deskhand_pids(), "it ended")
        assert sentence not in desktop.deskhand("doctor").stdout
