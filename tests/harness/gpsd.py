"""A real gpsd that plays a recording, and what gpspipe says of it."""
import json
import shutil
import time

from .ports import free_port
from .process import Process
from .wait import wait_until


class Gpsd(Process):
    """gpsfake feeds the recording to gpsd, one sentence each `cycle_s`, again and again."""

    def __init__(self, folder, recording, cycle_s=0.1):
        self.port = free_port()
        super().__init__("gpsfake", [shutil.which("gpsfake"), "-q", "-n", "-P", self.port,
                                     "-c", cycle_s, recording], folder)

    def pids(self):
        """gpsfake and its gpsd."""
        children = open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii").read()
        return [self.pid, *map(int, children.split())]

    def kill(self):
        """gpsfake ends its gpsd when it is asked to end."""
        if self.alive():
            self.terminate(10)


class Gpspipe(Process):
    """`gpspipe -w`: gpsd's reports as JSON, one a line, in its log."""

    def __init__(self, folder, port):
        super().__init__("gpspipe", [shutil.which("gpspipe"), "-w", f"127.0.0.1:{port}"], folder)

    def exits_at_once(self):
        """It does not wait for a gpsd that is not there yet."""
        time.sleep(0.3)
        return not self.alive()

    def fixes(self):
        """Positions in the order of the reports."""
        found = []
        for row in self.text().splitlines():
            try:
                report = json.loads(row)
            except ValueError:
                continue
            if report.get("class") == "TPV" and report.get("mode", 0) >= 2 and "lat" in report:
                found.append((report["lat"], report["lon"]))
        return found

    def wait_fixes(self, count, seconds):
        return wait_until(f"{count} fixes of gpsd", lambda: len(self.fixes()) >= count and
                          self.fixes(), seconds)
