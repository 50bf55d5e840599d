# The broker of docker-compose.yml, in whose network everybody may connect. A real cell uses
# deploy/mosquitto/carrito.conf.
FROM debian:bookworm-slim
RUN groupadd --system --gid 10003 mosquitto \
    && useradd --uid 10003 --gid 10003 --home-dir /var/lib/mosquitto mosquitto \
    && apt-get update \
    && apt-get install -y --no-install-recommends mosquitto mosquitto-clients \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/mosquitto/dev.conf /etc/mosquitto/carrito.conf
RUN printf 'listener 1883\npersistence_location /var/lib/mosquitto/\n' >>/etc/mosquitto/carrito.conf
USER mosquitto
VOLUME /var/lib/mosquitto
CMD ["/usr/sbin/mosquitto", "-c", "/etc/mosquitto/carrito.conf"]
