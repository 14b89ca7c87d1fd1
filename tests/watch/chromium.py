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
