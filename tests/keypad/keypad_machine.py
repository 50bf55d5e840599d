"""A cart's whole machine with a USB keypad, whose keys are pressed, and which is unplugged, by qemu's
own control (QMP); and with a sound card that plays into a file."""
import array
import json
import os
import socket
import time
from pathlib import Path

from harness.cart_machine import NoAnswer, Machine
from harness.ports import free_port

IMAGE = Path(os.environ.get("CARRITO_TEST_KEYPAD", "/nonexistent"))
PLATE = "POWER1"
FINGER_S = 0.25  # between two keys; the emulator may be slow to see them
QCODES = {**{str(digit): f"kp_{digit}" for digit in range(10)}, "\n": "kp_enter", "+": "kp_add",
          "-": "kp_subtract", "*": "kp_multiply", "/": "kp_divide", ".": "kp_decimal"}


class KeypadMachine(Machine):
    """start() boots it, with the keypad plugged in."""

    def __init__(self, folder):
        self._control = Path(folder) / "qmp"
        self.shell_port, self._keypads = free_port(), 0
        self._sound = Path(folder) / "heard.wav"
        super().__init__(folder, IMAGE, [
            "-machine", "i8042=off", "-device", "qemu-xhci,id=usb",
            "-device", "usb-kbd,bus=usb.0,id=keypad0",
            "-audiodev", f"wav,id=sound,path={self._sound}", "-device", "intel-hda",
            "-device", "hda-output,audiodev=sound,mixer=off",
            "-qmp", f"unix:{self._control},server=on,wait=off"])
        # The third way in, beside those of the other machines.
        self.argv = [word.replace("restrict=on,", "restrict=on,hostfwd=tcp:127.0.0.1:"
                                  f"{self.shell_port}-10.0.2.15:7002,") for word in self.argv]

    def qmp(self, command, **arguments):
        with socket.socket(socket.AF_UNIX) as control, control.makefile("rw") as lines:
            control.settimeout(30)
            control.connect(str(self._control))
            lines.readline()
            for said in ({"execute": "qmp_capabilities"},
                         {"execute": command, "arguments": arguments}):
                lines.write(json.dumps(said) + "\n")
                lines.flush()
                answer = json.loads(lines.readline())
                while "event" in answer:
                    answer = json.loads(lines.readline())
                assert "return" in answer, (said, answer)

    def _move(self, key, down):
        self.qmp("input-send-event", events=[{"type": "key", "data": {
            "down": down, "key": {"type": "qcode", "data": QCODES[key]}}}])

    def press(self, keys, held_s=0.05):
        for key in keys:
            self._move(key, True)
            time.sleep(held_s)
            self._move(key, False)
            time.sleep(FINGER_S)

    def unplug(self):
        self.qmp("device_del", id=f"keypad{self._keypads}")

    def plug_in(self):
        self._keypads += 1
        self.qmp("device_add", driver="usb-kbd", bus="usb.0", id=f"keypad{self._keypads}")

    def do(self, script, seconds=60):
        """What a script prints in the machine."""
        with socket.socket() as shell:
            shell.settimeout(seconds)
            try:
                shell.connect(("127.0.0.1", self.shell_port))
                shell.sendall(script.encode() + b"\n")
                shell.shutdown(socket.SHUT_WR)
                with shell.makefile("rb") as said:
                    return said.read().decode(errors="replace")
            except OSError as error:
                raise NoAnswer from error

    def said(self):
        """The sentences so far, in order."""
        return self.do("journalctl -q -b -t speak -o cat").splitlines()

    def loudness(self):
        """The greatest of the samples that were played so far, which have 16 bits."""
        played = self._sound.read_bytes()[44:] if self._sound.exists() else b""
        return max(map(abs, array.array("h", played[:len(played) // 2 * 2])), default=0)
