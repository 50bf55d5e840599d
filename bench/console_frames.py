"""The console's map in a real Chromium: how long its frames take, and who works in them.

A frame's time is from one requestAnimationFrame to the next, so that it holds scripts, layout,
painting and whatever else kept the page from drawing. On a machine with other things to do that is
waiting for a core, above all: so the kernel is asked as well how long the page's main thread ran,
and how long it was ready to run and did not. Chromium draws without a GPU here: what its other
threads and processes rasterise is told apart by CPU time.
"""
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from measure import percentile

from harness.process import cpu_seconds
from harness.wait import wait_until

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-proxy-server", "--window-size=1600,1000"]
SETTLE_S = 5
WATCH = (Path(__file__).parent / "console_frames.js").read_text(encoding="utf-8")
MAIN_THREAD = {"ScriptDuration": "scripts", "LayoutDuration": "layout",
               "RecalcStyleDuration": "styles", "TaskDuration": "tasks"}


class Frames:
    """A window of the console with the map, signed in."""

    def __init__(self, base, token):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ARGUMENTS:
            options.add_argument(argument)
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.get(f"{base}/pedir")  # a page of the same origin, to leave the token in
        self.driver.execute_script("sessionStorage.setItem('carrito-token', arguments[0])", token)
        self.driver.execute_cdp_cmd("Performance.enable", {})
        self.driver.get(f"{base}/#/overview")
        wait_until("the map", lambda: self.driver.execute_script(
            "return document.querySelector('.view-overview[data-ready]') !== null"), 60)
        time.sleep(SETTLE_S)

    def seen(self, seconds):
        """{"frames": ms of each, "late": its long tasks, "longest_task": ms, "main": share of the
        time that the main thread spent, by kind, "cpu": likewise, by process, "work": ms that it
        ran at most in a hundred, "waited": share of the time that it was ready and had no core}"""
        page = max(self._renderers(), key=cpu_seconds)
        before, cpu, since = self._main_thread(), self._cpu(), time.monotonic()
        self.driver.execute_script(WATCH)
        turns = _sampled(page, seconds)
        seen = self.driver.execute_script("return window.carritoFrames.end()")
        took = time.monotonic() - since
        after, cpu_after = self._main_thread(), self._cpu()
        seen["main"] = {name: (after[key] - before[key]) / took
                        for key, name in MAIN_THREAD.items()}
        seen["cpu"] = {name: (cpu_after[name] - cpu[name]) / took for name in cpu}
        seen["work"] = _most_work(turns, 0.1) * 1000
        seen["waited"] = (turns[-1][2] - turns[0][2]) / (turns[-1][0] - turns[0][0])
        return seen

    def _main_thread(self):
        metrics = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return {row["name"]: row["value"] for row in metrics}

    def _renderers(self):
        return [pid for pid in _tree(self.driver.service.process.pid)
                if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def _cpu(self):
        pages = self._renderers()
        return {"the page": sum(cpu_seconds(pid) for pid in pages),
                "Chromium's other processes": sum(
                    cpu_seconds(pid) for pid in _tree(self.driver.service.process.pid)
                    if pid not in pages)}

    def close(self):
        self.driver.quit()


def _tree(pid):
    found = [pid]
    for entry in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in entry.read_text(encoding="ascii").split():
            found += _tree(int(child))
    return found


def _sampled(pid, seconds):
    """(time, seconds that the process's main thread ran, and waited for a core), every 10 ms."""
    turns, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        ran, waited, _ = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text("ascii").split()
        turns.append((time.monotonic(), int(ran) / 1e9, int(waited) / 1e9))
        time.sleep(0.01)
    return turns


def _most_work(turns, span):
    """The most seconds that it ran within `span` seconds."""
    most, first = 0, 0
    for at, ran, _ in turns:
        while at - turns[first][0] > span:
            first += 1
        most = max(most, ran - turns[first][1])
    return most


def add(table, label, seen):
    """Rows of a table (measure.py)."""
    frames = seen["frames"]
    table.add(f"{label}: frames a second", 1000 * len(frames) / sum(frames), "", "1/s")
    table.add(f"{label}: frame p50", percentile(frames, 0.5), "", "ms")
    table.add(f"{label}: frame p99", percentile(frames, 0.99), "", "ms")
    table.add(f"{label}: longest frame", max(frames), "<= 100", "ms")
    table.add(f"{label}: longest task of the main thread", seen["longest_task"], "", "ms")
    table.add(f"{label}: most that the main thread ran in 100 ms", seen["work"], "", "ms")
    table.add(f"{label}: main thread, ready but without a core", 100 * seen["waited"], "", "%")
    for name, share in seen["main"].items():
        table.add(f"{label}: main thread, {name}", 100 * share, "", "%")
    for name, share in seen["cpu"].items():
        table.add(f"{label}: CPU, {name}", 100 * share, "", "%")
