/* Many carts with TLS on one broker, each with a certificate of its own: all connect and stay, then
 * each sends one sale and waits for its PUBACK. Speaks MQTT 5 by itself: a library's client per
 * cart would measure the library.
 *
 * Usage: tls_fleet PORT CARTS CA_CERT CA_KEY BROKER_CERT HOLD_S
 * Says `connected N` once all are, sends HOLD_S seconds later, and prints one line of JSON. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define CONNECTING_MAX 64 /* at once; carts do not all come in the same millisecond either */
#define PATIENCE_S     240
#define PLATE          "TF%05d"
#define PACKET_MAX     512

enum state { NEW, HANDSHAKE, CONNACK, READY, PUBACK, DONE, FAILED };

struct cart {
    int fd;
    SSL *ssl;
    enum state state;
};

struct fleet {
    struct cart *carts;
    int count, port, epoll;
    int begun, connecting, connected, acked, failed;
    X509 *ca;
    EVP_PKEY *ca_key, *key;
    SSL_CTX *context;
    char epoch[33];
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void die(const char *what)
{
    fprintf(stderr, "tls_fleet: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static X509 *make_certificate(struct fleet *fleet, int number)
{
    char plate[16];
    X509 *certificate = X509_new();
    X509_NAME *name = X509_NAME_new();

    snprintf(plate, sizeof plate, PLATE, number);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), number + 2);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (unsigned char *)plate, -1, -1, 0);
    X509_set_subject_name(certificate, name);
    X509_set_issuer_name(certificate, X509_get_subject_name(fleet->ca));
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, fleet->key);
    if (X509_sign(certificate, fleet->ca_key, EVP_sha256()) == 0)
        die("cannot sign");
    X509_NAME_free(name);
    return certificate;
}

static void read_authority(struct fleet *fleet, char **files)
{
    FILE *certificate = fopen(files[0], "r"), *key = fopen(files[1], "r");

    if (certificate == NULL || key == NULL)
        die("cannot read the authority");
    fleet->ca = PEM_read_X509(certificate, NULL, NULL, NULL);
    fleet->ca_key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
    fleet->key = EVP_EC_gen("P-256");
    fleet->context = SSL_CTX_new(TLS_client_method());
    if (fleet->ca == NULL || fleet->ca_key == NULL || fleet->key == NULL ||
        SSL_CTX_load_verify_locations(fleet->context, files[2], NULL) != 1)
        die("the authority is no good");
    SSL_CTX_set_verify(fleet->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(fleet->context, SSL_MODE_RELEASE_BUFFERS);
    fclose(certificate);
    fclose(key);
}

/* The first one says why: those behind it mostly fail of the same. */
static void fail(struct fleet *fleet, struct cart *cart, const char *why)
{
    fleet->connecting -= cart->state < READY;
    if (fleet->failed++ == 0) {
        fprintf(stderr, "tls_fleet: " PLATE " in state %d: %s\n", (int)(cart - fleet->carts),
                (int)cart->state, why);
        ERR_print_errors_fp(stderr);
    }
    cart->state = FAILED;
    SSL_free(cart->ssl);
    close(cart->fd);
}

static void begin(struct fleet *fleet)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)fleet->port) };
    struct cart *cart = &fleet->carts[fleet->begun];
    X509 *certificate = make_certificate(fleet, fleet->begun++);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cart->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (cart->fd < 0)
        die("no descriptor");
    if (connect(cart->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        die("cannot connect");
    setsockopt(cart->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    cart->ssl = SSL_new(fleet->context);
    SSL_use_certificate(cart->ssl, certificate);
    SSL_use_PrivateKey(cart->ssl, fleet->key);
    SSL_set1_host(cart->ssl, "localhost");
    SSL_set_fd(cart->ssl, cart->fd);
    X509_free(certificate);
    cart->state = HANDSHAKE;
    fleet->connecting++;
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = cart };
    epoll_ctl(fleet->epoll, EPOLL_CTL_ADD, cart->fd, &event);
}

static size_t put_text(unsigned char *at, const char *text)
{
    size_t length = strlen(text);

    at[0] = (unsigned char)(length >> 8);
    at[1] = (unsigned char)length;
    memcpy(at + 2, text, length);
    return length + 2;
}

/* Writes a packet whole: they are small, and the socket is empty. */
static bool send_packet(struct cart *cart, int type, const unsigned char *body, size_t length)
{
    unsigned char packet[PACKET_MAX + 3] = { (unsigned char)type,
                                             (unsigned char)(length % 128 | 0x80),
                                             (unsigned char)(length / 128) };

    memcpy(packet + 3, body, length);
    return SSL_write(cart->ssl, packet, (int)length + 3) == (int)length + 3;
}

static bool send_connect(struct fleet *fleet, struct cart *cart)
{
    unsigned char body[PACKET_MAX] = { 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 1, 44, 0 };
    char plate[16];

    snprintf(plate, sizeof plate, PLATE, (int)(cart - fleet->carts));
    return send_packet(cart, 0x10, body, 11 + put_text(body + 11, plate));
}

static bool send_sale(struct fleet *fleet, struct cart *cart)
{
    int number = (int)(cart - fleet->carts);
    unsigned char body[PACKET_MAX];
    char topic[64];
    struct timespec wall;

    clock_gettime(CLOCK_REALTIME, &wall);
    snprintf(topic, sizeof topic, "carrito/v1/" PLATE "/events", number);
    size_t length = put_text(body, topic);
    memcpy(body + length, (unsigned char[]){ 0, 1, 0 }, 3); /* packet id, no properties */
    length += 3;
    length += (size_t)snprintf((char *)body + length, sizeof body - length,
                               "{\"v\":1,\"type\":\"sale\",\"cart\":\"" PLATE
                               "\",\"epoch\":\"%s\",\"seq\":1,\"ts_ms\":%lld,"
                               "\"clock\":\"ntp\",\"receipt\":1,\"quantity\":1,\"amount\":500}",
                               number, fleet->epoch, (long long)wall.tv_sec * 1000);
    return send_packet(cart, 0x32, body, length);
}

/* A whole packet in one record, as the broker sends them; false: not yet, or gone. */
static bool read_packet(struct fleet *fleet, struct cart *cart, int type, unsigned char *packet)
{
    ERR_clear_error(); /* what another connection left is no error of this one */
    int length = SSL_read(cart->ssl, packet, PACKET_MAX);

    if (length > 0)
        return packet[0] >> 4 == type;
    if (SSL_get_error(cart->ssl, length) != SSL_ERROR_WANT_READ)
        fail(fleet, cart, "the connection ended");
    return false;
}

static void step(struct fleet *fleet, struct cart *cart)
{
    unsigned char packet[PACKET_MAX] = { 0 };

    if (cart->state == HANDSHAKE) {
        ERR_clear_error();
        int result = SSL_connect(cart->ssl);
        int error = result == 1 ? 0 : SSL_get_error(cart->ssl, result);
        if (result != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            fail(fleet, cart, "no handshake");
        if (result != 1)
            return;
        cart->state = CONNACK;
        if (!send_connect(fleet, cart))
            fail(fleet, cart, "CONNECT could not be written");
    }
    if (cart->state == CONNACK && read_packet(fleet, cart, 2, packet)) {
        if (packet[3] != 0) {
            fail(fleet, cart, "CONNACK says no");
            return;
        }
        cart->state = READY;
        fleet->connecting--;
        fleet->connected++;
    }
    if (cart->state == PUBACK && read_packet(fleet, cart, 4, packet)) {
        /* Remaining length 2: success, said by saying nothing. */
        if (packet[1] > 2 && packet[4] >= 128) {
            fail(fleet, cart, "PUBACK says no");
            return;
        }
        cart->state = DONE;
        fleet->acked++;
    }
}

static void turn(struct fleet *fleet, int wait_ms)
{
    struct epoll_event events[256];
    int count = epoll_wait(fleet->epoll, events, 256, wait_ms);

    for (int i = 0; i < count; i++) {
        struct cart *cart = events[i].data.ptr;
        if (cart->state != FAILED && cart->state != NEW)
            step(fleet, cart);
    }
}

static double connect_all(struct fleet *fleet)
{
    double start = now_s();

    while (fleet->connected + fleet->failed < fleet->count && now_s() < start + PATIENCE_S) {
        while (fleet->begun < fleet->count && fleet->connecting < CONNECTING_MAX)
            begin(fleet);
        turn(fleet, 100);
    }
    return now_s() - start;
}

static double sell_all(struct fleet *fleet)
{
    double start = now_s();

    for (int i = 0; i < fleet->count; i++) {
        struct cart *cart = &fleet->carts[i];
        if (cart->state != READY)
            continue;
        cart->state = PUBACK;
        if (!send_sale(fleet, cart))
            fail(fleet, cart, "the sale could not be written");
        turn(fleet, 0);
    }
    while (fleet->acked + fleet->failed < fleet->count && now_s() < start + PATIENCE_S)
        turn(fleet, 100);
    return now_s() - start;
}

int main(int argc, char **argv)
{
    struct fleet fleet = { 0 };
    struct rlimit files;
    unsigned char random[16];

    if (argc != 7) {
        fputs("usage: tls_fleet PORT CARTS CA_CERT CA_KEY BROKER_CERT HOLD_S\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    fleet.port = atoi(argv[1]);
    fleet.count = atoi(argv[2]);
    fleet.carts = calloc((size_t)fleet.count, sizeof *fleet.carts);
    fleet.epoll = epoll_create1(0);
    if (fleet.carts == NULL || fleet.epoll < 0 || getrandom(random, 16, 0) != 16)
        die("no memory");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(fleet.epoch + 2 * i, 3, "%02x", random[i]);
    read_authority(&fleet, argv + 3);
    double connect_s = connect_all(&fleet);
    printf("connected %d\n", fleet.connected);
    fflush(stdout);
    for (double end = now_s() + atof(argv[6]); now_s() < end;)
        turn(&fleet, 100);
    double sell_s = sell_all(&fleet);
    printf("{\"carts\":%d,\"connected\":%d,\"connect_s\":%.2f,\"acked\":%d,\"sell_s\":%.2f}\n",
           fleet.count, fleet.connected, connect_s, fleet.acked, sell_s);
    return fleet.acked == fleet.count ? 0 : 1;
}
