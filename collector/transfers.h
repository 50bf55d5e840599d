/* What is sent by libcurl, side by side and over connections that are kept: mails and posts.
 *
 * One thread owns it. A transfer is begun by smtp_send() or webhook_post() and comes back once, by
 * transfers_next(), as one of four outcomes. Nothing here waits but transfers_wait(). */
#ifndef CARRITO_COLLECTOR_TRANSFERS_H
#define CARRITO_COLLECTOR_TRANSFERS_H

#include "common/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_MAX 256

enum send_result {
    SEND_DONE,
    SEND_LATER, /* refused for now, or broken off: this one again later */
    SEND_NEVER, /* refused for ever */
    SEND_AWAY   /* the server cannot be had at all: no use in trying others either */
};

struct send_outcome {
    void *owner;
    enum send_result result;
    char answer[ANSWER_MAX]; /* the server's last words, or what went wrong */
};

struct transfers;

/* One that is being made: smtp.c and webhook.c fill it in. */
struct transfer {
    void *easy;         /* libcurl's handle */
    void *lists[2];     /* libcurl's lists that must live as long */
    void *owner;        /* whose outcome it is */
    struct buffer body; /* what is sent */
    size_t offset;      /* how much of it was taken */
    char answer[ANSWER_MAX];
    char error[ANSWER_MAX]; /* libcurl's own words */
    int64_t begun_mono_ms;
    /* From libcurl's code and the server's last one. */
    enum send_result (*judge)(const struct transfer *transfer, int code, long response);
    struct transfer *next;
};

/* NULL and a log line where libcurl cannot be had. */
struct transfers *transfers_open(void);
/* Breaks off what is under way: it never comes back. NULL is harmless. */
void transfers_close(struct transfers *transfers);

/* A new one with its handle; NULL where there is no memory. */
struct transfer *transfer_new(void *owner);
/* Begins it and owns it from here on. */
void transfers_begin(struct transfers *transfers, struct transfer *transfer);

/* Moves everything on, and waits for something to happen, at most so long. */
void transfers_wait(struct transfers *transfers, int wait_ms);
/* Ends a wait, from any thread. */
void transfers_wake(struct transfers *transfers);
/* One that is over; false where there is none. */
bool transfers_next(struct transfers *transfers, struct send_outcome *outcome);
/* How many are under way, and how many of these were begun after `since_mono_ms`. */
size_t transfers_count(const struct transfers *transfers, int64_t since_mono_ms);

#endif
