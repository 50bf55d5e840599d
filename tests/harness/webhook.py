"""A webhook's receiver with faults, in the test's own process."""
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """Takes posts; the first of each id is refused, or answered as `first` says. While `holds` is
    set, what comes is kept waiting for its answer until `answers` is."""

    def __init__(self, first=503, seconds=0, location=None):
        self.posts = posts = []  # (headers, body), as they came
        self.holds, self.answers = threading.Event(), threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # http.server's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                again = any(h["X-Carrito-Id"] == self.headers["X-Carrito-Id"] for h, _ in posts)
                posts.append((self.headers, body))
                if hook.holds.is_set():
                    hook.answers.wait(60)
                time.sleep(seconds)
                try:
                    self.send_response(204 if again else first)
                    if location:
                        self.send_header("Location", location)
                    self.end_headers()
                except OSError:
                    pass  # whoever asked is gone

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ids(self):
        return [headers["X-Carrito-Id"] for headers, _ in list(self.posts)]

    def close(self):
        self.holds.clear()
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
