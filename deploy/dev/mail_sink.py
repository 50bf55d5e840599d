"""Takes every mail on 127.0.0.1:PORT and writes it to a file of its own in FOLDER.

The files' names begin with the time, so that they list in the order of arrival. A mail appears
under its name only once it is complete."""
import itertools
import os
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder):
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server, _session, envelope):  # the name is aiosmtpd's
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{next(self._numbers):05}.eml"
        head = "".join(f"X-Envelope-To: {to}\r\n" for to in envelope.rcpt_tos)
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(head.encode() + envelope.original_content)
        unfinished.rename(self._folder / name)
        return "250 kept"


def main():
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    controller = Controller(Sink(folder), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    signal.sigwait(signals)
    controller.stop()


main()
