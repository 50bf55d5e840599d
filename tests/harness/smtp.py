"""A mail server with faults, by aiosmtpd, in the test's own process."""
import asyncio
import email
import email.policy
import inspect
import ssl
import subprocess
import threading
from collections import Counter

from aiosmtpd.controller import Controller

from .ports import free_port


class MailServer:
    """Keeps every mail that it has been given, also those whose end it then refuses.

    `after_dot(mail, times)` decides about each: None takes it, a text is the answer, a number is
    seconds of silence before the connection is cut, a coroutine is waited for and then decides;
    `times` is how often this Message-ID came.
    `at_rcpt(address)` likewise, with None or an answer."""

    def __init__(self, after_dot=None, at_rcpt=None, **options):
        self.port = free_port()
        self.after_dot = after_dot or (lambda mail, times: None)
        self.at_rcpt = at_rcpt or (lambda address: None)
        self.options = options
        self.given, self.taken = [], []
        self.ehlo = None  # what the last client called itself
        self._times = Counter()
        self._lock = threading.Lock()
        self._controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, _server, session, envelope, address, _options):  # aiosmtpd's name
        self.ehlo = session.host_name
        answer = self.at_rcpt(address)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 who else"

    async def handle_DATA(self, server, _session, envelope):  # aiosmtpd's name
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        mail.raw = envelope.original_content
        mail.recipients = list(envelope.rcpt_tos)
        mail.smtputf8 = envelope.smtp_utf8  # whether the client asked for RFC 6531
        with self._lock:
            self.given.append(mail)
            self._times[mail["Message-ID"]] += 1
            times = self._times[mail["Message-ID"]]
        verdict = self.after_dot(mail, times)
        if inspect.isawaitable(verdict):
            verdict = await verdict
        if isinstance(verdict, (int, float)):
            await asyncio.sleep(verdict)
            server.transport.abort()
            return "451 too late"
        if verdict is None:
            with self._lock:
                self.taken.append(mail)
            return f"250 kept as {len(self.taken)}"
        return verdict

    def start(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()
        return self

    def stop(self):
        if self._controller is not None:
            self._controller.stop(no_assert=True)
        self._controller = None

    def close(self):
        self.stop()

    def ids(self):
        """Of the mails taken."""
        with self._lock:
            return [mail["Message-ID"] for mail in self.taken]

    def to(self, address):
        with self._lock:
            return [mail for mail in self.taken if address in mail.recipients]


def certificate(folder):
    """A certificate for 127.0.0.1 that vouches for itself: (context of a server, path)."""
    cert, key = folder / "smtp.crt", folder / "smtp.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert
