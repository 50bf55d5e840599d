"""The parts of the centre together: mosquitto, Kafka, bridge, collector."""
import copy

from .kafka import Kafka
from .mosquitto import Mosquitto
from .programs import Agent, Bridge, Collector, Sim


class Centre:
    """Makes the parts in a scene; what is started, when and how often, is the test's affair.

    `kafka`: one that runs already, else a new one (4 s) belongs to this centre. A centre that
    starts a collector on a Kafka of others would share their partitions with them, so it has its
    own."""

    def __init__(self, scene, kafka=None):
        self.scene = scene
        self.folder = scene.folder
        self.kafka = kafka or scene.add(Kafka(scene.folder))
        self.mosquitto = scene.add(Mosquitto(scene.folder, persistent=True))
        self.mqtt_port = self.mosquitto.port  # a test puts a proxy's port here
        self.bridge = self.make_bridge()
        self.collector = self.make_collector()
        self.api = None

    def lent_to(self, scene):
        """The same centre for a test that ends what it adds with its own scene."""
        lent = copy.copy(self)
        lent.scene, lent.folder = scene, scene.folder
        return lent

    def make_bridge(self, **options):
        return self.scene.add(Bridge(self.folder, self.mosquitto.port, self.kafka.brokers,
                                     **options))

    def make_collector(self, **options):
        return self.scene.add(Collector(self.folder, self.kafka.brokers, **options))

    def make_agent(self, cart, **env):
        return self.scene.add(Agent(self.folder, self.mqtt_port, cart, **env))

    def make_sim(self, name="sim", **options):
        return self.scene.add(Sim(self.folder, self.mqtt_port, options, name=name))

    def start_brokers(self):
        self.mosquitto.start().wait_ready()
        if not self.kafka.alive():
            self.kafka.start().wait_ready()
        self.collector.create_topics()
        return self

    def start(self):
        """Everything, ready; `api` is an admin's."""
        self.start_brokers()
        self.bridge.start()
        self.collector.start()
        self.bridge.wait_ready()
        self.collector.wait_ready()
        self.sign_in()
        return self

    def sign_in(self):
        self.api = self.scene.add(self.collector.sign_in())
        return self.api
