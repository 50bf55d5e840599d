"""A page of the mails in a folder: the list of the newest, and each as text. It only reads, runs no
script, and shows what a mail says as text, whatever that is."""
import email
import email.policy
import html
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SHOWN_MAX = 200                     # mails in the list
MAIL_BYTES_MAX = 1024 * 1024        # of one that is read; the rest is left out
NAME = re.compile(r"[0-9T]{15}-[0-9]+-[0-9]+\.eml")
HEADS = ("From", "To", "Date", "Subject")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">{refresh}
<style>body {{ font: 16px/1.5 sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem }}
td, th {{ text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""
REFRESH = '<meta http-equiv="refresh" content="5">'


def read_mail(path):
    with open(path, "rb") as file:
        return email.message_from_bytes(file.read(MAIL_BYTES_MAX), policy=email.policy.default)


def head(mail, name):
    """A header as text; one that cannot be understood is shown as such."""
    try:
        return str(mail.get(name, ""))
    except Exception:  # pylint: disable=broad-except
        return "?"


def body_of(mail):
    """Its text; one that has none, or in an unknown encoding, shows its source."""
    try:
        part = mail.get_body(("plain", "html"))
        return part.get_content()
    except Exception:  # pylint: disable=broad-except
        return mail.as_bytes().decode("utf-8", "replace")


def attachments_of(mail):
    return [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()]


def page_of_list(folder):
    paths = sorted(folder.glob("[0-9]*.eml"), reverse=True)
    rows = []
    for path in paths[:SHOWN_MAX]:
        try:
            mail = read_mail(path)
        except OSError:
            continue  # forgotten since it was listed
        to, subject, date = (html.escape(head(mail, name)) for name in ("To", "Subject", "Date"))
        rows.append(f'<tr><td>{date}<td>{to}<td><a href="/{path.name}">{subject or "…"}</a>')
    title = f"{len(paths)} mails"
    table = f"<table><tr><th>Date<th>To<th>Subject{''.join(rows)}</table>"
    return PAGE.format(title=title, refresh=REFRESH, body=table)


def page_of_mail(path):
    mail = read_mail(path)
    rows = "".join(f"<tr><th>{name}<td>{html.escape(head(mail, name))}" for name in HEADS)
    rows += "".join(f"<tr><th>Attached<td>{html.escape(name)}" for name in attachments_of(mail))
    body = f'<p><a href="/">all</a></p><table>{rows}</table><pre>{html.escape(body_of(mail))}</pre>'
    return PAGE.format(title=html.escape(head(mail, "Subject")), refresh="", body=body)


class Page(BaseHTTPRequestHandler):
    folder = None
    timeout = 10  # of a slow reader, seconds

    def do_GET(self):  # the name is http.server's
        name = self.path.lstrip("/")
        try:
            if name == "":
                self._answer(200, page_of_list(self.folder))
            elif NAME.fullmatch(name):
                self._answer(200, page_of_mail(self.folder / name))
            else:
                self._answer(404, PAGE.format(title="404", refresh="", body=""))
        except FileNotFoundError:
            self._answer(404, PAGE.format(title="404", refresh="", body=""))

    def _answer(self, status, page):
        content = page.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Says nothing of each request."""


def serve(address, port, folder):
    """Shows `folder` on ADDRESS:PORT from a thread of its own, until the program ends."""
    handler = type("PageOfFolder", (Page,), {"folder": folder})
    server = ThreadingHTTPServer((address, port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
