/* Who answered an attempt to reach a broker, and how: what a person can do about a missing
 * connection differs. For a program that only wants the connection it is all the same. */
#ifndef CARRITO_MQTT_ANSWER_H
#define CARRITO_MQTT_ANSWER_H

/* In order of how far the attempt came. */
enum mqtt_answer {
    MQTT_ANSWER_UNKNOWN,       /* no attempt has ended yet */
    MQTT_ANSWER_NONE,          /* silence, or no way there */
    MQTT_ANSWER_NO_NAME,       /* the broker's name has no address */
    MQTT_ANSWER_OWN_FILES,     /* nobody was asked: a file of this side's TLS cannot be used */
    MQTT_ANSWER_NO_BROKER,     /* the machine: the port is closed, or who is there says nothing */
    MQTT_ANSWER_NOT_YET_VALID, /* its certificate begins later than the clock here says */
    MQTT_ANSWER_EXPIRED,       /* its certificate ended before what the clock here says */
    MQTT_ANSWER_STRANGER,      /* its certificate is of another authority or of another name */
    MQTT_ANSWER_NOT_ACCEPTED,  /* the broker does not take this side's certificate, or wants one */
    MQTT_ANSWER_REFUSED        /* the broker: CONNACK, not authorised */
};

/* The certificate was refused here for `x509_error` (X509_V_ERR_…), not X509_V_OK. */
enum mqtt_answer mqtt_answer_of_certificate(int x509_error);
/* The broker said no for `reason`, by CONNACK (MQTT 5, 3.2.2.2) or by DISCONNECT (3.14.2.1): one
 * that is busy is no broker for now. */
enum mqtt_answer mqtt_answer_of_reason(int reason);

/* What is known after some attempts over a list of hosts: the farthest of a pass over all of them,
 * as one that is silent says nothing of one that refuses. While somebody answers, what the pass
 * before said stands, too: mosquitto 2.0.11 resets a TLS connection now and then for the error of
 * another client, and so says less than it knows. All zero: nothing is known. */
struct mqtt_answers {
    enum mqtt_answer known, pass, last;
};

/* An attempt came so far. */
void mqtt_answers_note(struct mqtt_answers *answers, enum mqtt_answer answer);
/* All hosts have had their turn. */
void mqtt_answers_pass(struct mqtt_answers *answers);

#endif
