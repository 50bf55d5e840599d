# Takes the mails of docker-compose.yml, sends none on, and shows them on a page.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-minimal python3-aiosmtpd \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10004 mail-sink && install -d -o mail-sink /var/lib/mail
COPY deploy/dev/mail_sink.py deploy/dev/mail_page.py deploy/docker/healthy /usr/lib/carrito/
USER mail-sink
VOLUME /var/lib/mail
ENV PYTHONDONTWRITEBYTECODE=1
CMD ["python3", "/usr/lib/carrito/mail_sink.py", "2525", "/var/lib/mail", \
     "--listen", "0.0.0.0", "--page", "8025", "--keep", "500"]
