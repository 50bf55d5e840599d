/* What is sent by libcurl, side by side and over connections that are kept: mails and posts.
 *
 * A transfer is begun by smtp_send() or webhook_post() and comes back once, by transfers_next(), as
 * one of four outcomes. Each has a thread while it lasts: libcurl's multi interface would let one
 * server that hangs after the dot hold all the others (its smtp_done() waits for the answer;
 * libcurl's list of known shortcomings has it as "Non-blocking curl_multi_remove_handle"). The
 * functions here are for one thread, and none waits but transfers_wait() and transfers_close(). */
#ifndef CARRITO_COLLECTOR_TRANSFERS_H
#define CARRITO_COLLECTOR_TRANSFERS_H

#include "common/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_MAX    256
#define TRANSFERS_MAX 32 /* at once; more wait for their turn */

enum send_result {
    SEND_DONE,
    SEND_LATER,   /* refused for now, or broken off: this one again later */
    SEND_NEVER,   /* refused for ever */
    SEND_REFUSED, /* the same, before the text was seen: about this recipient, or about us */
    SEND_AWAY     /* the server cannot be had at all: no use in trying others either */
};

struct send_outcome {
    void *owner;
    enum send_result result;
    char answer[ANSWER_MAX]; /* the server's last words, or what went wrong; ASCII */
};

struct transfers;
struct wake;

/* One that is being made: smtp.c and webhook.c fill it in. */
struct transfer {
    struct transfers *transfers;
    void *easy;         /* libcurl's handle */
    int socket;         /* of its connection; -1: none yet */
    void *list;         /* libcurl's list that must live as long */
    void *owner;        /* whose outcome it is */
    struct buffer body; /* what is sent */
    size_t offset;      /* how much of it was taken */
    char answer[ANSWER_MAX];
    char error[ANSWER_MAX]; /* libcurl's own words */
    int64_t begun_mono_ms;
    int64_t timeout_ms; /* then it is broken off; 0: libcurl's own timeout is enough */
    bool timed_out;
    /* From libcurl's code and the server's last one. On the transfer's thread. */
    enum send_result (*judge)(const struct transfer *transfer, int code, long response);
    struct send_outcome outcome;
    struct transfer *next;  /* begun before */
    struct transfer *queue; /* waits behind this one for a thread, or to be taken */
};

/* `wake` is called for WAKE_NOTIFY when one is over, and lives as long; NULL: nobody is told. */
struct transfers *transfers_open(struct wake *wake);
/* Breaks off what is under way, which takes up to a second: it never comes back. NULL is harmless.
 */
void transfers_close(struct transfers *transfers);

/* A new one with its handle; NULL where there is no memory. */
struct transfer *transfer_new(struct transfers *transfers, void *owner);
/* Begins it and owns it from here on. */
void transfers_begin(struct transfers *transfers, struct transfer *transfer);

/* Waits for one to be over, at most so long. */
void transfers_wait(struct transfers *transfers, int wait_ms);
/* One that is over; false where there is none. */
bool transfers_next(struct transfers *transfers, struct send_outcome *outcome);
/* How many are under way, of those that were begun from `since_mono_ms` on. */
size_t transfers_count(const struct transfers *transfers, int64_t since_mono_ms);

#endif
