/* Foreign codes become the few that a person can do something about. */
#include "common/mqtt_answer.h"

#include <mqtt_protocol.h>
#include <openssl/x509_vfy.h>
#include <stdbool.h>

enum mqtt_answer mqtt_answer_of_certificate(int x509_error)
{
    switch (x509_error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return MQTT_ANSWER_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return MQTT_ANSWER_EXPIRED;
    default:
        return MQTT_ANSWER_STRANGER;
    }
}

enum mqtt_answer mqtt_answer_of_reason(int reason)
{
    switch (reason) {
    case MQTT_RC_CLIENTID_NOT_VALID:
    case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
    case MQTT_RC_NOT_AUTHORIZED:
    case MQTT_RC_BANNED:
    case MQTT_RC_BAD_AUTHENTICATION_METHOD:
        return MQTT_ANSWER_REFUSED;
    default:
        return MQTT_ANSWER_NO_BROKER;
    }
}

void mqtt_answers_note(struct mqtt_answers *answers, enum mqtt_answer answer)
{
    if (answer > answers->pass)
        answers->pass = answer;
    if (answer > answers->known)
        answers->known = answer;
}

void mqtt_answers_pass(struct mqtt_answers *answers)
{
    bool held = answers->pass >= MQTT_ANSWER_NO_BROKER && answers->last > answers->pass;

    answers->known = held ? answers->last : answers->pass;
    answers->last = answers->pass;
    answers->pass = MQTT_ANSWER_UNKNOWN;
}
