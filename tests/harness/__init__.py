"""Real parts for tests: mosquitto, Kafka and carrito's programs as processes, and strangers to
talk to them. Whatever is started here is ended here, by its process id; every wait is bounded."""
