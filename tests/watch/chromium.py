"""Headless Chromium, moved through its own debugging protocol."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-port=0",
    # WebGL on the processor: there is no graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


def find_chromium():
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page; use it as a context manager."""

    def __init__(self, profile: Path, size=(1280, 800)):
        self._profile = profile
        command = [find_chromium(), *_FLAGS, f"--window-size={size[0]},{size[1]}", f"--user-data-dir={profile}"]
        self._process = subprocess.Popen(
            [*command, "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._number = 0

    def __enter__(self):
        port = wait(self._read_port, 60.0)
        targets = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=10).read())
        page = next(item for item in targets if item["type"] == "page")
        self._socket = connect(page["webSocketDebuggerUrl"], max_size=None, open_timeout=30)
        return self

    def _read_port(self):
        file = self._profile / "DevToolsActivePort"
        return file.read_text().splitlines()[0] if file.is_file() and file.read_text() else None

    def __exit__(self, *_):
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=30)

    def call(self, method, **parameters):
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=120))
            if answer.get("id") == self._number:
                # In the middle of a change of pages there is nothing to be asked.
                return answer.get("result", {})

    def open(self, url):
        self.call("Page.navigate", url=url)

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True).get("result", {}).get("value")

    def text(self):
        return self.evaluate("document.body ? document.body.innerText : ''") or ""

    def wait_for(self, words, seconds=180.0):
        """Wait until the page says something; return all it says."""
        return wait(lambda: text if words in (text := self.text()) else None, seconds, lambda: self.text()[-2000:])

    def click(self, x, y, shift=False):
        common = {"x": x, "y": y, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **common)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **common)

    def press_shift(self, down):
        kind = "keyDown" if down else "keyUp"
        key = {"key": "Shift", "code": "ShiftLeft", "windowsVirtualKeyCode": 16}
        self.call("Input.dispatchKeyEvent", type=kind, modifiers=8 if down else 0, **key)

    def click_text(self, words):
        """Click the middle of the innermost element that says exactly this."""
        place = self.evaluate(
            "(() => { const found = [...document.querySelectorAll('button, label, span, div, p')]"
            f".filter(e => e.innerText && e.innerText.trim() === {json.dumps(words)} && e.offsetParent);"
            "if (!found.length) return null; const e = found[found.length - 1]; e.scrollIntoView({block: 'center'});"
            "const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        assert place, f"nothing on the page says {words!r}"
        self.click(*place)

    def _input(self, label, inner=""):
        """Return an expression for the control that a label belongs to, or what is inside of it."""
        found = f"[...document.querySelectorAll('label')].find(e => e.innerText.trim() === {json.dumps(label)})"
        control = f"document.getElementById(({found} || {{}}).htmlFor)"
        return f"{control}.querySelector({json.dumps(inner)})" if inner else control

    def _place(self, expression):
        """Return the middle of an element once it is in sight."""
        return self.evaluate(
            f"(() => {{ const e = {expression}; e.scrollIntoView({{block: 'center'}});"
            "const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )

    def slider(self, label):
        """Return the value of a slider."""
        return float(self.evaluate(f"{self._input(label, '[role=slider]')}.getAttribute('aria-valuenow')"))

    def press_slider(self, label, presses):
        """Move a slider by its steps with the arrow keys, to the left where negative."""
        self.evaluate(f"{self._input(label, '[role=slider]')}.focus()")
        name, code = ("ArrowRight", 39) if presses > 0 else ("ArrowLeft", 37)
        for _ in range(abs(presses)):
            for kind in ("keyDown", "keyUp"):
                key = {"key": name, "code": name, "windowsVirtualKeyCode": code}
                self.call("Input.dispatchKeyEvent", type=kind, **key)

    def drag_slider(self, label, part):
        """Drag a slider with the mouse to a part of its length, 0 to 1."""
        thumb = self._place(self._input(label, "[role=slider]"))
        track = self._input(label, ".mantine-Slider-track")
        left, width = self.evaluate(
            f"(() => {{ const r = {track}.getBoundingClientRect(); return [r.x, r.width]; }})()"
        )
        x = left + part * width
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=thumb[0], y=thumb[1])
        self.call("Input.dispatchMouseEvent", type="mousePressed", button="left", clickCount=1, x=thumb[0], y=thumb[1])
        for step in (0.5, 1.0):
            along = thumb[0] + step * (x - thumb[0])
            self.call("Input.dispatchMouseEvent", type="mouseMoved", button="left", buttons=1, x=along, y=thumb[1])
        self.call("Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, x=x, y=thumb[1])

    def tick(self, label, wanted):
        """Click a checkbox unless it is as wanted already."""
        ticked = f"{self._input(label)}.checked"
        if self.evaluate(ticked) != wanted:
            self.click(*self._place(self._input(label)))
            wait(lambda: self.evaluate(ticked) == wanted, 30.0)

    def choose(self, label, option):
        """Take an option of a list."""
        control = self._input(label)
        self.click(*self._place(control))
        item = f"[...document.querySelectorAll('[role=option]')].find(e => e.innerText.trim() === {json.dumps(option)})"
        wait(lambda: self.evaluate(f"!!({item}) && ({item}).offsetParent !== null"), 30.0)
        self.click(*self._place(item))
        wait(lambda: self.evaluate(f"{control}.value") == option, 30.0)

    def screenshot(self, file: Path):
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


def wait(look, seconds, describe=lambda: ""):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds:g} s; {describe()}")
