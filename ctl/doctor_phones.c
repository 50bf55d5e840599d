/* Reads the bridge's file and the kernel's list of listeners. */
#include "ctl/doctor_phones.h"

#include "finding_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BRIDGE_FILE  "/etc/carrito/bridge.conf"
#define KEY          "owntracks_cart"
#define LINE_SIZE    512
#define PORT_PLAIN   1883
#define PORT_TLS     8883
#define STATE_LISTEN 0x0A /* include/net/tcp_states.h */

enum phones_rule doctor_phones_rule(const char *file)
{
    enum phones_rule rule = PHONES_BY_DEVICE;
    char line[LINE_SIZE], value[16];
    FILE *lines = fopen(file, "r");

    if (!lines)
        return errno == EACCES ? PHONES_HIDDEN : PHONES_NO_BRIDGE;
    while (fgets(line, sizeof line, lines))
        if (sscanf(line, " " KEY " = %15[a-z]", value) == 1)
            rule = strcmp(value, "user") == 0 ? PHONES_BY_USER : PHONES_BY_DEVICE;
    fclose(lines);
    return rule;
}

/* The kernel writes addresses in words of 32 bits as they lie in memory: 127.0.0.1 is 0100007F on a
 * little-endian machine, ::1 three zero words and 01000000. */
static bool is_loopback(const char *address)
{
    return strcmp(address, "0100007F") == 0 || strcmp(address, "7F000001") == 0 ||
           strcmp(address, "00000000000000000000000001000000") == 0 ||
           strcmp(address, "00000000000000000000000000000001") == 0;
}

bool doctor_phones_is_open(const char *line)
{
    char address[33];
    unsigned port, state;

    /* analysis: cert-err34-c: the kernel writes it. */
    return sscanf(line, " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x", address, &port, &state) == 3 &&
           state == STATE_LISTEN && (port == PORT_PLAIN || port == PORT_TLS) &&
           !is_loopback(address);
}

void doctor_phones(struct doctor_finding *finding, enum phones_rule rule, bool open)
{
    static const struct sentence *const said[] = {
        [PHONES_NO_BRIDGE] = &finding_no_bridge,
        [PHONES_HIDDEN] = &finding_phones_hidden,
        [PHONES_BY_DEVICE] = &finding_phones_by_device,
        [PHONES_BY_USER] = &finding_phones_by_user,
    };

    if (rule == PHONES_BY_DEVICE && open)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_PHONES_OPEN());
    else
        doctor_say(finding, rule <= PHONES_HIDDEN ? DOCTOR_NONE : DOCTOR_GOOD,
                   (struct saying){ .sentence = said[rule] });
}

static bool has_open_listener(const char *list)
{
    char line[LINE_SIZE];
    bool open = false;
    FILE *lines = fopen(list, "r");

    while (lines && !open && fgets(line, sizeof line, lines))
        open = doctor_phones_is_open(line);
    if (lines)
        fclose(lines);
    return open;
}

void doctor_look_phones(struct doctor_finding *finding)
{
    doctor_phones(finding, doctor_phones_rule(BRIDGE_FILE),
                  has_open_listener("/proc/net/tcp") || has_open_listener("/proc/net/tcp6"));
}
