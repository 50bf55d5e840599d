/* The looks of `doctor` at what is no part of the collector: the brokers, a certificate, an agent
 * on this machine. Each blocks some seconds at most. */
#ifndef CARRITO_CTL_DOCTOR_LOOK_H
#define CARRITO_CTL_DOCTOR_LOOK_H

#include "ctl/doctor.h"
#include "ctl/settings.h"

#define DOCTOR_LOOK_MS  4000
#define DOCTOR_GPS_SIZE 32

void doctor_look_mqtt(const struct settings *settings, struct doctor_finding *finding);
void doctor_look_kafka(const struct settings *settings, struct doctor_finding *finding);
void doctor_look_certificate(const struct settings *settings, struct doctor_finding *finding);
/* Which links of the settings go to another machine in the clear. */
void doctor_look_links(const struct settings *settings, struct doctor_finding *finding);
void doctor_look_descriptors(struct doctor_finding *finding);
void doctor_look_sqlite(struct doctor_finding *finding);
/* What the agent of this machine says of its GPS; false where none answers. */
bool doctor_look_gps(char gps[DOCTOR_GPS_SIZE]);

#endif
