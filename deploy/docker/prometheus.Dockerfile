# Debian's Prometheus with carrito's rules and the targets of docker-compose.yml.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends prometheus \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10005 metrics && install -d -o metrics /var/lib/metrics
COPY deploy/docker/prometheus.yml deploy/prometheus/carrito.rules.yml /etc/carrito/
COPY deploy/docker/healthy /usr/lib/carrito/
RUN promtool check config /etc/carrito/prometheus.yml
USER metrics
VOLUME /var/lib/metrics
CMD ["prometheus", "--config.file=/etc/carrito/prometheus.yml", \
     "--storage.tsdb.path=/var/lib/metrics", "--storage.tsdb.retention.size=1GB"]
