"""Takes every mail on ADDRESS:PORT, sends none on, and writes each to a file of its own in FOLDER.

The files' names begin with the time, so that they list in the order of arrival. A mail appears
under its name only once it is complete. With --page they can be read in a browser, too."""
import argparse
import itertools
import os
import signal
import time
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder, keep):
        self._folder = folder
        self._keep = keep
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server, _session, envelope):  # the name is aiosmtpd's
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{next(self._numbers):05}.eml"
        head = "".join(f"X-Envelope-To: {to}\r\n" for to in envelope.rcpt_tos)
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(head.encode() + envelope.original_content)
        unfinished.rename(self._folder / name)
        self._forget()
        return "250 kept"

    def _forget(self):
        """The oldest ones, where only so many are kept."""
        if self._keep > 0:
            for old in sorted(self._folder.glob("*.eml"))[:-self._keep]:
                old.unlink(missing_ok=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--listen", metavar="ADDRESS", default="127.0.0.1")
    parser.add_argument("--page", metavar="PORT", type=int, help="a page that shows the mails")
    parser.add_argument("--keep", metavar="N", type=int, default=0, help="of the newest (0: all)")
    return parser.parse_args()


def main():
    given = arguments()
    given.folder.mkdir(parents=True, exist_ok=True)
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    controller = Controller(Sink(given.folder, given.keep), hostname=given.listen, port=given.port,
                            enable_SMTPUTF8=True)
    controller.start()
    if given.page is not None:
        import mail_page  # pylint: disable=import-outside-toplevel
        mail_page.serve(given.listen, given.page, given.folder)
    signal.sigwait(signals)
    controller.stop()


main()
