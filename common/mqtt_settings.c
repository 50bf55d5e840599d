/* Rules over the keys, and their way into a link. */
#include "common/mqtt_settings.h"

const char *mqtt_settings_wrong(const struct mqtt_settings *settings)
{
    if ((settings->certfile == NULL) != (settings->keyfile == NULL))
        return "mqtt_certfile and mqtt_keyfile come together";
    if (settings->certfile != NULL && settings->cafile == NULL)
        return "mqtt_certfile needs mqtt_cafile";
    return NULL;
}

const char *mqtt_settings_remark(const struct mqtt_settings *settings)
{
    return settings->cafile == NULL && config_is_remote(settings->host)
               ? "mqtt_host is another machine and mqtt_cafile is missing: all goes in the clear"
               : NULL;
}

bool mqtt_settings_read_password(const struct mqtt_settings *settings, char **password)
{
    *password =
        settings->password_file != NULL ? config_read_secret(settings->password_file) : NULL;
    return settings->password_file == NULL || *password != NULL;
}

struct mqtt_link_options mqtt_settings_link(const struct mqtt_settings *settings,
                                            const char *password)
{
    return (struct mqtt_link_options){
        .hosts = settings->host,
        .port = (int)settings->port,
        .user = settings->user,
        .password = password,
        .cafile = settings->cafile,
        .certfile = settings->certfile,
        .keyfile = settings->keyfile,
    };
}
