"""A display without a screen, the kiosk on it, and a person's hands: mouse, keyboard, scanner."""

import os
import subprocess
import time

from harness import BIN

# Whoever uses the window, and every program beside it, has one day and one clock.
os.environ["TZ"] = "Europe/Belgrade"
time.tzset()

PICTURES = os.environ.get("PICTURES")
RAIL = {"today": 48, "activities": 126, "people": 204, "registers": 282, "review": 360, "send": 438, "settings": 516, "lock": 756}


def wait_until(happened, what, seconds=25, seen=lambda: ""):
    """Looks again and again; the limit is for what will never happen. `seen` tells what there is instead."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"this did not happen: {what} {seen()}"
        time.sleep(0.02)


class Display:
    def __init__(self, width=1280, height=800):
        read, write = os.pipe()
        # On one processor: where their clocks differ, a key would seem older than the last one, and be passed over by GLFW. Keys that
        # a busy machine holds down for too long do not repeat themselves (-r).
        self.server = subprocess.Popen(["taskset", "-c", "0", "Xvfb", "-r", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-noreset"],
                                       pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.name = ":" + number.readline().strip()
        self.environment = {**os.environ, "DISPLAY": self.name, "LC_ALL": "C.UTF-8"}
        self.size = (width, height)

    def close(self):
        self.server.terminate()
        self.server.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.keep("failed")
        self.close()

    def hands(self, *arguments):
        return subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, check=True, capture_output=True, text=True).stdout

    def picture(self, path=None):
        """The screen as PPM bytes, and as a file."""
        if path:
            subprocess.run(["import", "-window", "root", path], env=self.environment, check=True)
        return subprocess.run(["import", "-window", "root", "ppm:-"], env=self.environment, check=True, capture_output=True).stdout

    def keep(self, name):
        """A picture of the screen, where PICTURES=DIR asks for them."""
        if PICTURES:
            self.picture(f"{PICTURES}/{name}.png")

    def rests(self):
        """Waits until nothing moves: two pictures a little apart are the same."""
        last = [self.picture()]

        def still():
            time.sleep(0.12)
            before, last[0] = last[0], self.picture()
            return before == last[0]

        wait_until(still, "the window comes to rest")

    def tap(self, x, y):
        self.hands("mousemove", x, y, "click", 1)
        self.rests()

    def type(self, text):
        self.hands("type", "--delay", 12, text)
        self.rests()

    def chord(self, held, name):
        """As a hand does it: one key is held while the other is struck."""
        self.hands("keydown", held)
        self.rests()
        self.hands("key", name)
        self.rests()
        self.hands("keyup", held)

    def key(self, *names):
        self.hands("key", "--delay", 20, *names)
        self.rests()


class KioskWindow:
    """The real program. `events` of its replica are looked at through the command line, while it runs."""

    def __init__(self, display, folder, *arguments):
        self.display = display
        self.process = subprocess.Popen([f"{BIN}/tefter-kiosk", "--replica", folder, "--width", str(display.size[0]), "--height", str(display.size[1]), *arguments],
                                        env=display.environment, stderr=subprocess.PIPE, text=True)
        wait_until(self.shown, "the kiosk's window opens")
        display.hands("windowfocus", self.window)
        display.rests()

    def shown(self):
        assert self.process.poll() is None, "the kiosk ended: " + self.process.stderr.read()
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Tefter$"], env=self.display.environment, capture_output=True, text=True).stdout.split()
        self.window = found[0] if found else None
        return bool(found)

    def unlock(self, passphrase):
        """From the lock to whatever was open."""
        self.display.type(passphrase)
        before = self.display.picture()
        self.display.hands("key", "Return")
        wait_until(lambda: self.rail_is_there(), "the kiosk unlocks")
        self.display.rests()
        return before

    def rail_is_there(self):
        """The narrow rail at the left is dark, and the page beside it is not: the lock's band is wider."""
        picture = subprocess.run(["import", "-window", "root", "-crop", "1x1+300+780", "-depth", "8", "rgb:-"], env=self.display.environment, check=True,
                                 capture_output=True).stdout
        return sum(picture) > 300

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
