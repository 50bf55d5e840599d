/* The yardstick for the bridge: a libmosquitto subscriber that does nothing with what it gets.
 *
 * It subscribes to what the bridge subscribes to, in the same run, so its CPU time a message is
 * what reading and confirming costs anybody. Counts on SIGTERM. Usage: peer_subscriber PORT */
#include <mosquitto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void on_connect(struct mosquitto *client, void *owner, int result)
{
    (void)owner;
    if (result == 0)
        mosquitto_subscribe(client, NULL, "carrito/v1/+/events", 1);
}

static void on_message(struct mosquitto *client, void *owner,
                       const struct mosquitto_message *message)
{
    (void)client;
    (void)message;
    ++*(long *)owner;
}

int main(int argc, char **argv)
{
    long received = 0;

    signal(SIGTERM, on_signal);
    mosquitto_lib_init();
    struct mosquitto *client = mosquitto_new("bench-peer", true, &received);
    if (argc != 2 || client == NULL)
        return 2;
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, 1000);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_message_callback_set(client, on_message);
    if (mosquitto_connect(client, "127.0.0.1", atoi(argv[1]), 30) != MOSQ_ERR_SUCCESS)
        return 1;
    while (!stop && mosquitto_loop(client, 100, 1) == MOSQ_ERR_SUCCESS)
        ;
    printf("{\"received\":%ld}\n", received);
    mosquitto_destroy(client);
    return stop ? 0 : 1;
}
