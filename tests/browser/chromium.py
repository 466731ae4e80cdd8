# SPDX-License-Identifier: GPL-2.0-or-later
"""
A headless Chromium that is told what to do over a pipe (--remote-debugging-pipe:
JSON objects that end with a NUL byte, on file descriptors 3 and 4; the methods are
those of the Chrome DevTools Protocol). Nothing but Python's own library.
"""
import base64
import json
import os
import select
import subprocess
import tempfile
import time


class Chromium:
    DEADLINE = 60

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory()
        self.events = []
        self.last = 0
        self.buffer = b""
        down, self.out = os.pipe()
        self.input, up = os.pipe()

        def place():
            # first out of the way, since either may be 3 or 4 itself
            copies = os.dup(down), os.dup(up)
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)

        # no sandbox: tests run as root in containers, and the pages are our own
        self.child = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-quic", "--user-data-dir=" + self.profile.name, "about:blank"],
            preexec_fn=place, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(down)
        os.close(up)
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.page(domain + ".enable")

    def close(self):
        self.child.kill()
        self.child.wait()
        os.close(self.out)
        os.close(self.input)
        # its helpers may still be writing there
        for _ in range(50):
            try:
                self.profile.cleanup()
                return
            except OSError:
                time.sleep(0.1)

    def receive(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.input], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("Chromium gave no answer within %d s" % self.DEADLINE)
            data = os.read(self.input, 1 << 20)
            if not data:
                raise RuntimeError("Chromium ended by itself")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.DEADLINE
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def page(self, method, **params):
        return self.call(method, session=self.session, **params)

    def wait_for(self, method):
        deadline = time.monotonic() + self.DEADLINE
        while not any(event["method"] == method for event in self.events):
            self.events.append(self.receive(deadline))

    def open(self, path, width, dark=False):
        """Shows a file; returns the seconds until it was loaded and drawn."""
        self.page("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.page("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events = []
        begin = time.monotonic()
        self.page("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait_for("Page.loadEventFired")
        self.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        return time.monotonic() - begin

    def evaluate(self, expression):
        answer = self.page("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def complaints(self):
        """What the page's script and Chromium itself found wrong since open()."""
        return [event["params"] for event in self.events if event["method"] in (
            "Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed")]

    def requests(self):
        """Addresses that were asked for, the page itself and what is part of it left out."""
        urls = [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"]
        return [url for url in urls[1:] if not url.startswith("data:")]

    def screenshot(self, path, whole=False):
        data = self.page("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
