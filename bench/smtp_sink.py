#!/usr/bin/python3
"""A mail server that takes every mail on 127.0.0.1:PORT and keeps none; it writes how many it has
taken into FILE, twice a second and at its end. It stands back where the processor is short, as one
on a machine of its own would."""
import os
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    taken = 0

    async def handle_DATA(self, _server, _session, _envelope):  # the name is aiosmtpd's
        self.taken += 1
        return "250 taken"


def main():
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    os.nice(19)
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    while signal.sigtimedwait(signals, 0.5) is None:
        file.write_text(str(sink.taken))
    controller.stop()
    file.write_text(str(sink.taken))


main()
