# The broker of docker-compose.yml, in whose network everybody may connect. A real cell uses
# deploy/mosquitto/carrito.conf.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends mosquitto \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/mosquitto/dev.conf /etc/mosquitto/carrito.conf
RUN printf 'listener 1883\npersistence_location /var/lib/mosquitto/\n' >>/etc/mosquitto/carrito.conf
USER mosquitto
VOLUME /var/lib/mosquitto
CMD ["/usr/sbin/mosquitto", "-c", "/etc/mosquitto/carrito.conf"]
