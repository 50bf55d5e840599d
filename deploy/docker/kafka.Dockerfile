# A node of Apache Kafka (KRaft) from the jars of deploy/kafka/pom.xml, for docker-compose.yml.
FROM debian:bookworm-slim AS jars
RUN mkdir -p /usr/share/man/man1 && apt-get update \
    && apt-get install -y --no-install-recommends maven openjdk-17-jre-headless ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/kafka/pom.xml /kafka/
RUN mvn -q -B -f /kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
        -DoutputDirectory=/kafka/libs

FROM debian:bookworm-slim
RUN mkdir -p /usr/share/man/man1 && apt-get update \
    && apt-get install -y --no-install-recommends openjdk-17-jre-headless kcat \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10002 kafka && install -d -o kafka /var/lib/kafka
COPY --from=jars /kafka/libs /kafka/libs
COPY deploy/kafka/log4j2.properties deploy/kafka/one-box.properties deploy/docker/kafka-run /kafka/
USER kafka
VOLUME /var/lib/kafka
CMD ["/kafka/kafka-run"]
