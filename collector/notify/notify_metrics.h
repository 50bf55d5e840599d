/* carrito_notifications_total{channel,result}. */
#ifndef CARRITO_COLLECTOR_NOTIFY_METRICS_H
#define CARRITO_COLLECTOR_NOTIFY_METRICS_H

enum notify_channel { NOTIFY_MAIL, NOTIFY_WEBHOOK, NOTIFY_CHANNELS };

/* Once, before threads. */
void notify_register_metrics(void);
/* `result`: sent, deferred, failed, skipped, digested. */
void notify_count(enum notify_channel channel, const char *result);

#endif
