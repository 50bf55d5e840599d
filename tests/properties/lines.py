"""A program of tests/replay/, driven by lines of JSON: {"command": argument}, an answer each."""
import json
import subprocess
import tempfile


class Ended(Exception):
    """The program ended in place of an answer; `status` is its exit status."""

    def __init__(self, status, said):
        super().__init__(f"the program ended: {said}")
        self.status = status


class Lines:
    """What it says on standard error is kept, over its lives."""

    def __init__(self):
        self._log, self._process = tempfile.TemporaryFile(), None

    def begin(self, program):
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._log, text=True, env={"CARRITO_LOG": "error"})

    def ask(self, name, command):
        return json.loads(self.ask_text(name, command))

    def ask_text(self, name, command):
        """The bytes of the answer."""
        try:
            self._process.stdin.write(json.dumps({name: command}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer == "":
            raise Ended(self._process.wait(20), self._said())
        return answer.rstrip("\n")

    def _said(self):
        self._log.seek(0)
        return self._log.read()[-4000:].decode(errors="replace")
