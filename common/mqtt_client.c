/* What libmosquitto needs many calls for: a client with all its options, a message with its
 * properties, and a non-blocking connect with CONNECT properties, which 2.0.11 does not offer. */
#include "common/mqtt_client.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <string.h>
#include <sys/socket.h>

/* What the broker may send: all that the shipped one takes (max_packet_size), and the properties
 * that it adds. It drops silently what is larger. */
#define PACKET_BYTES_MAX (1048576 + 1024)

/* libmosquitto opens a pair of sockets per client and writes a byte into it for every packet, to
 * wake a thread that does not exist here; sim/light_client.h does without. Counted by strace in a
 * bridge on a loaded machine, at about 1,200 messages a second: 4.0 reads a message (the header's
 * byte, two of the length, the rest), 1.6 writes that succeed (a packet each) and 1.8 that fail,
 * into that pair, which is full. All of them are the library's, which neither buffers what it reads
 * nor joins what it writes, and has no option for it. */
static struct mosquitto *new_client(const struct mqtt_link_options *options, void *object)
{
    return options->new_client != NULL
               ? options->new_client(options->client_id, options->clean_start, object)
               : mosquitto_new(options->client_id, options->clean_start, object);
}

/* The client keeps a reference of its own. mosquitto_destroy() gives it back (2.0.20: that of a
 * client which tried to connect). */
static int set_tls(struct mosquitto *client, const struct mqtt_link_options *options,
                   struct mqtt_tls_peer *peer)
{
    SSL_CTX *context = mqtt_tls_new(options, peer);
    if (!context)
        return MOSQ_ERR_TLS;
    mosquitto_int_option(client, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    int rc = mosquitto_void_option(client, MOSQ_OPT_SSL_CTX, context);
    SSL_CTX_free(context);
    return rc;
}

struct mosquitto *mqtt_client_new(const struct mqtt_link_options *options,
                                  struct mqtt_tls_peer *peer, void *object)
{
    struct mosquitto *client = new_client(options, object);
    int rc = MOSQ_ERR_SUCCESS;
    if (!client)
        return NULL;
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    if (options->receive_max > 0)
        mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, options->receive_max);
    mosquitto_threaded_set(client, true);
    if (options->will)
        rc = mosquitto_will_set_v5(client, options->will->topic, (int)options->will->length,
                                   options->will->payload, options->will->qos,
                                   options->will->retain, NULL);
    if (rc == MOSQ_ERR_SUCCESS && options->user)
        rc = mosquitto_username_pw_set(client, options->user, options->password);
    if (rc == MOSQ_ERR_SUCCESS && options->cafile)
        rc = set_tls(client, options, peer);
    if (rc == MOSQ_ERR_SUCCESS)
        return client;
    mosquitto_destroy(client);
    return NULL;
}

/* The library takes CONNECT properties only in its blocking call. A keepalive out of its range
 * makes that call keep the properties and refuse the rest, and the asynchronous call uses them. */
int mqtt_client_connect(struct mosquitto *client, const struct mqtt_link_options *options,
                        const char *address, int port)
{
    const int refused_keepalive = 1;
    mosquitto_property *properties = NULL;
    mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL,
                                 options->session_expiry_s);
    mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_BYTES_MAX);
    int rc = mosquitto_connect_bind_v5(client, address, port, refused_keepalive, NULL, properties);
    mosquitto_property_free_all(&properties);
    if (rc != MOSQ_ERR_INVAL)
        return MOSQ_ERR_NOT_SUPPORTED; /* another library than the one this was written for */
    return mosquitto_connect_async(client, address, port, options->keepalive_s);
}

/* A reset is told as an error only of a connection that stood; what came before it can still be
 * read, and may say why. */
int mqtt_client_look(struct mosquitto *client, enum mqtt_answer *reached)
{
    struct sockaddr_storage peer;
    int fd = mosquitto_socket(client), error = 0;
    socklen_t size = sizeof peer, error_size = sizeof error;
    bool stands = getpeername(fd, (struct sockaddr *)&peer, &size) == 0;

    if (!stands)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
    if (stands || error == ECONNRESET || error == ECONNREFUSED)
        *reached = MQTT_ANSWER_NO_BROKER;
    return error == ECONNRESET ? 0 : error;
}

bool mqtt_client_ended_there(int error)
{
    return error != ETIMEDOUT && error != EHOSTUNREACH && error != ENETUNREACH;
}

const char *mqtt_client_error(int rc, int error)
{
    if (rc == MOSQ_ERR_ERRNO && error != 0)
        return strerror(error);
    return rc == MOSQ_ERR_SUCCESS ? "the connection was closed" : mosquitto_strerror(rc);
}

bool mqtt_client_is_former(const mosquitto_property *properties)
{
    const mosquitto_property *at = properties;
    bool skip = false, found = false;
    char *name = NULL, *value = NULL;

    while (!found && at != NULL &&
           (at = mosquitto_property_read_string_pair(at, MQTT_PROP_USER_PROPERTY, &name, &value,
                                                     skip)) != NULL) {
        found = strcmp(name, MQTT_FORMER) == 0 && strcmp(value, "true") == 0;
        free(name);
        free(value);
        name = value = NULL;
        skip = true; /* the one that `at` is */
    }
    return found;
}

int mqtt_client_publish(struct mosquitto *client, const struct mqtt_publish *publish, int *mid)
{
    mosquitto_property *properties = NULL;
    if (publish->expiry_s > 0)
        mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
                                     publish->expiry_s);
    if (publish->former)
        mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, MQTT_FORMER,
                                           "true");
    if (publish->correlation)
        mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, publish->correlation,
                                      (uint16_t)strlen(publish->correlation));
    int rc = mosquitto_publish_v5(client, mid, publish->topic, (int)publish->length,
                                  publish->payload, publish->qos, publish->retain, properties);
    mosquitto_property_free_all(&properties);
    return rc;
}
