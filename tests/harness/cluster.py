"""Three brokers of a Kafka, each of which can be killed. To a centre they are one Kafka."""
from concurrent.futures import ThreadPoolExecutor

from .kafka import Kafka
from .ports import free_port


class Cluster(Kafka):
    """`nodes` are the brokers; what a Kafka is asked goes to whichever of them answers."""

    def __init__(self, folder, nodes=3):
        super().__init__(folder)
        voters = ",".join(f"{n}@127.0.0.1:{free_port()}" for n in range(1, nodes + 1))
        self.nodes = [Kafka(folder, f"kafka-{n}", ("--node", n, "--voters", voters))
                      for n in range(1, nodes + 1)]
        self.brokers = ",".join(node.brokers for node in self.nodes)

    def start(self):
        """They wait for each other."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(Kafka.start, self.nodes))
        return self

    def alive(self):
        return any(node.alive() for node in self.nodes)

    def close(self):
        """A broker without the others cannot hand over, so it does not end when asked."""
        for node in self.nodes:
            node.kill()

    def tail(self, lines=15):
        return "\n".join(f"--- {node.name}\n{node.tail(lines)}" for node in self.nodes)
