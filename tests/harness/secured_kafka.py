"""Kafka with TLS, passwords and rules: the files of deploy/kafka/ as they are shipped, of which a test
appends only what is another on its machine. `./dev kafka` starts none of that."""
import re
from pathlib import Path

from .ports import free_port
from .process import ROOT, Process, run
from .wait import wait_until

SHIPPED = ROOT / "deploy" / "kafka"
LIBS = ROOT / ".dev" / "kafka-libs"
DEBIANS = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}  # its Java, whichever comes first elsewhere
LISTENERS = ("CLIENTS", "PROGRAMS", "NODES", "CONTROLLER")
START_SECONDS = 120


def openssl(*words):
    done = run(["openssl", *words], seconds=30)
    assert done.returncode == 0, done.stderr


class Authority:
    """Signs the certificates of the boxes, as the guide says."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.key, self.file = self.folder / "kafka-ca.key", self.folder / "kafka-ca.crt"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out",
                self.file, "-days", "3650", "-subj", "/CN=guild kafka")

    def node(self, name, unit="carrito-kafka"):
        """Key and certificate of a box on this machine, or of a program (`unit`
        carrito-programs), in one file."""
        key, request, signed = (self.folder / f"{name}.{end}" for end in ("key", "csr", "crt"))
        names = self.folder / f"{name}.names"
        names.write_text("subjectAltName=IP:127.0.0.1\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj",
                f"/OU={unit}/CN={name}")
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key,
                "-CAcreateserial", "-days", "825", "-extfile", names, "-out", signed)
        whole = self.folder / f"{name}.pem"
        whole.write_text(key.read_text() + signed.read_text())
        whole.chmod(0o600)
        return whole


class Node(Process):
    """A box's broker and controller. `brokers` is where programs come in."""

    def __init__(self, folder, number, shipped="cluster.properties"):
        self.folder = Path(folder) / f"node-{number}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.number, self.shipped = number, shipped
        self.ports = {name: free_port() for name in LISTENERS}
        self.config = self.folder / "kafka.properties"
        self.admin_file = self.folder / "admin.properties"
        self.data = self.folder / "data"
        self.brokers = f"127.0.0.1:{self.ports['CLIENTS']}"
        self.controller = f"127.0.0.1:{self.ports['CONTROLLER']}"
        super().__init__(f"kafka-{number}", [
            "java", "-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:-UsePerfData",
            f"-Dlog4j2.configurationFile=file:{SHIPPED}/log4j2.properties",
            "-cp", f"{LIBS}/*", "kafka.Kafka", self.config], self.folder, DEBIANS)

    def addresses(self, names):
        return ",".join(f"{name}://127.0.0.1:{self.ports[name]}" for name in names)

    def configure_box(self, shipped="one-box.properties"):
        """As one box: what is another is the ports and the folder."""
        own = f"PLAINTEXT://{self.brokers},CONTROLLER://{self.controller}"
        self.config.write_text((SHIPPED / shipped).read_text() + "\n".join([
            f"listeners={own}", f"advertised.listeners={own}", f"log.dirs={self.data}",
            f"controller.quorum.bootstrap.servers={self.controller}", ""]))
        return self

    def configure_cluster(self, authority, controllers, **more):
        own = self.addresses(self.ports)
        tls = [f"ssl.keystore.location={authority.node(f'kafka{self.number}')}",
               f"ssl.truststore.location={authority.file}", ""]
        self.config.write_text((SHIPPED / "cluster.properties").read_text() + "\n".join([
            f"node.id={self.number}", f"listeners={own}", f"advertised.listeners={own}",
            f"controller.quorum.bootstrap.servers={controllers}", f"log.dirs={self.data}",
            *(f"{key}={value}" for key, value in more.items()), *tls]))
        self.admin_file.write_text((SHIPPED / "admin.properties").read_text() + "\n".join(tls))
        return self

    def tool(self, *words, stdin=None, seconds=120):
        """deploy/kafka/carrito-kafka on this box."""
        done = run([SHIPPED / "carrito-kafka", *words], {
            **DEBIANS, "CARRITO_KAFKA_LIBS": LIBS, "CARRITO_KAFKA_CONFIG": self.config,
            "CARRITO_KAFKA_SHARE": SHIPPED, "CARRITO_KAFKA_ADMIN": self.admin_file},
                   stdin, seconds=seconds)
        assert done.returncode == 0, f"carrito-kafka {words}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def format(self, *words):
        self.tool("storage", "format", "--config", self.config, *words)
        return self

    def wait_heard(self):
        def heard():
            assert self.alive(), self.tail()
            return re.search(r"\d", self.tool("quorum", "describe", "--status"))
        wait_until(f"{self.name} answers", heard, START_SECONDS, every=0.5)
        return self

    def cluster_id(self):
        return re.search(r"^cluster.id=(\S+)", (self.data / "meta.properties").read_text(),
                         re.M).group(1)

    def denied(self):
        """What was refused by the rules, as (user, operation, what)."""
        found = re.findall(r"Principal = User:(\S+) is Denied operation = (\w+) from host = \S+ on "
                           r"resource = (\S+)", self.text())
        return {(user, operation, what.split(":")[0] + " " + what.split(":")[2])
                for user, operation, what in found}
