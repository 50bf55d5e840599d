/* The collector's configuration (contract, section 7), as its parts read it.
 * collector/settings_load.h fills it in. */
#ifndef CARRITO_COLLECTOR_SETTINGS_H
#define CARRITO_COLLECTOR_SETTINGS_H

#include "common/config.h"

struct settings {
    char *kafka_brokers;
    int64_t kafka_replication; /* 0: 3 where there are three brokers, else 1 */
    char *store;
    char *http, *http_proxies, *public_url;
    char *roles;
    char *smtp, *smtp_user, *smtp_password_file, *smtp_cafile, *smtp_ehlo, *mail_from;
    int64_t smtp_timeout_s;
    int64_t mail_rate, stranger_mail_rate;
    char *alert_mail, *report_mail;
    int64_t alert_mail_after_s;
    char *tz, *day_start, *lang;
    char *tiles, *webhook, *webhook_secret_file;
    int64_t retention_days, track_days, order_days; /* 0: for ever */
    char *clients, *clients_keyfile;   /* how clients are written down (client_name.h) */
    char *backup_folder, *backup_copy; /* the second one: NULL or "" none */
    int64_t backup_keep, backup_old_h;
    bool simulations;
    int64_t rate;
    int64_t close_grace_s, silence_s, silence_phone_s;
    char *hours;
    int64_t restock_threshold, restock_batch;
    char *restock_count;
    bool members_auto_accept;
    bool unregistered; /* the alert of a cart that no accepted member owns */
    char *orders;
    int64_t order_step_ms;
    int64_t offer_s, dispatch_s, orders_per_cart; /* of orders=dispatch */
    int64_t login_attempts, login_block_s;
    const struct config_pairs *pairs; /* of the file, [products] too; live as long; or NULL */
};

#endif
