"""docker-compose.yml as people use it, beside the Docker daemon that with-docker has started."""
import json
import os
import pty
import select
import subprocess
import time

from .process import ROOT, clean_environment
from .wait import wait_until

V1 = ("docker-compose",)
V2 = (os.environ.get("CARRITO_TEST_COMPOSE_V2", "docker-compose-v2"),)
LABEL = "com.docker.compose"
_START = time.monotonic()


def progress(words):
    """A line for whoever waits; pytest holds back what tests print."""
    os.write(2, f"    {time.monotonic() - _START:5.0f} s  {words}\n".encode())


def docker(*words, seconds=60, stdin=None):
    """What the client prints on standard output; what it refuses raises."""
    done = subprocess.run(["docker", *map(str, words)], capture_output=True, text=True,
                          timeout=seconds, input=stdin, env=clean_environment(), check=False)
    assert done.returncode == 0, f"docker {' '.join(map(str, words))}: {done.stdout}{done.stderr}"
    return done.stdout


class Compose:
    """One project. `words`: how compose is called; `env`: what the person has set."""

    def __init__(self, project, words=V1, **env):
        self.project = project
        self._words = [*words, "-p", project, "-f", str(ROOT / "docker-compose.yml")]
        self._env = env

    def set(self, **env):
        self._env.update(env)

    def environment(self):
        return clean_environment(self._env)

    def run(self, *words, seconds=300, options=()):
        """`docker-compose OPTIONS WORDS`; returns standard output."""
        argv = [*self._words, *options, *map(str, words)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds, check=False,
                              stdin=subprocess.DEVNULL, env=self.environment(), cwd=ROOT)
        assert done.returncode == 0, f"{' '.join(argv)}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def typed(self, *words, answers, seconds=30):
        """`words` on a terminal, each of `answers` typed at the next question (that ends in ": ").
        Returns the status and all that was shown."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            os.execvpe(self._words[0], [*self._words, *words], self.environment())
        shown, answers, end = b"", list(answers), time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.2)[0]:
                if answers and shown.endswith(b": "):
                    os.write(terminal, answers.pop(0).encode() + b"\r")
                continue
            try:
                read = os.read(terminal, 4096)
            except OSError:  # the other end is closed
                read = b""
            if not read:
                break
            shown += read
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode(errors="replace")

    def containers(self, service=None, every=False):
        """Their ids, in the order of their numbers; `every`: also those that have ended."""
        words = ["ps", "-q", "--no-trunc", "--filter", f"label={LABEL}.project={self.project}"]
        words += ["-a"] if every else []
        words += ["--filter", f"label={LABEL}.service={service}"] if service else []
        return sorted(docker(*words).split(), key=lambda i: int(
            self.look(i)["Config"]["Labels"][f"{LABEL}.container-number"]))

    def look(self, container):
        return json.loads(docker("inspect", container))[0]

    def looks(self):
        """`docker inspect` of all that run, by container."""
        ids = docker("ps", "-q", "--no-trunc", "--filter",
                     f"label={LABEL}.project={self.project}").split()
        return json.loads(docker("inspect", *ids)) if ids else []

    def unhealthy(self, among=None):
        """Services (of `among`) with a container that does not run or is not healthy, each once."""
        wrong = set()
        ids = docker("ps", "-aq", "--filter", f"label={LABEL}.project={self.project}").split()
        for look in json.loads(docker("inspect", *ids)) if ids else []:
            service = look["Config"]["Labels"][f"{LABEL}.service"]
            health = look["State"].get("Health", {})
            if service == "topics" or (among and service not in among):
                continue
            if not look["State"]["Running"] or health.get("Status") != "healthy":
                said = [row["Output"][-200:] for row in (health.get("Log") or [])[-1:]]
                wrong.add(f"{service}: {look['State']['Status']}, {health.get('Status')}: {said}")
        return sorted(wrong)

    def wait_healthy(self, *services, seconds=120):
        def healthy():
            wrong = self.unhealthy(services)
            assert not wrong, "; ".join(wrong)
            return True
        wait_until(f"{services or 'all services'} are healthy", healthy, seconds, every=1)

    def service_of(self, look):
        return look["Config"]["Labels"][f"{LABEL}.service"]

    def end(self):
        """Ends and forgets everything of the project, also where that was begun already. Docker
        20.10 may keep a place in the network for what was killed as a process while it started
        others; compose ends there, before the volumes, and the network stays until Docker starts
        anew."""
        try:
            self.run("down", "-v", "--remove-orphans", "--timeout", 15, seconds=180)
        except AssertionError as refused:
            if "has active endpoints" not in str(refused):
                raise
            for name in self._volumes():
                docker("volume", "rm", name)
            if self.left() != ["network"]:
                raise

    def left(self):
        """What Docker still has of the project, a word for each. Volumes without a name are not looked
        at: compose forgets to remove those of a container that it made anew."""
        mark = f"label={LABEL}.project={self.project}"
        return (["container" for _ in docker("ps", "-aq", "--filter", mark).split()]
                + ["network" for _ in docker("network", "ls", "-q", "--filter", mark).split()]
                + ["volume" for _ in self._volumes()])

    def _volumes(self):
        return [name for name in docker("volume", "ls", "-q").split()
                if name.startswith(f"{self.project}_")]
