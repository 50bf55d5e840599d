/* Look → write what is new under its own names → the configuration → the secret goes. */
#include "agent/enrol.h"
#include "agent/clock_state.h"
#include "agent/enrolment.h"
#include "agent/settings.h"

#include "common/certificate.h"
#include "common/config_edit.h"
#include "common/credential.h"
#include "common/file_whole.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_FILE      "/etc/carrito/agent.conf"
#define CONFIG_BYTES_MAX (1024 * 1024)
#define CONFIG_MODE      0640 /* where there is no file yet */
#define AGENTS_GROUP     "carrito-agent"

/* Raspberry Pi OS of today and of before; the second serves other boards, too. */
static const char *const boot_files[] = { "/boot/firmware/carrito.enrol", "/boot/carrito.enrol" };

struct work {
    const char *config, *file;
    char *folder;              /* of the configuration */
    struct settings settings;  /* as they were */
    struct file_rights rights; /* of the configuration, and so of all */
    struct enrolment enrolment;
    bool unchanged; /* the configuration says all of it already */
};

__attribute__((format(printf, 1, 2))) static bool refuse(const char *format, ...)
{
    va_list values;

    fputs("carrito-agent: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputs("\n", stderr);
    return false;
}

static bool failed(const char *path)
{
    return refuse("%s: %s", path, strerror(errno));
}

static bool read_enrolment(struct work *work)
{
    struct buffer text = { 0 };
    char why[ENROLMENT_WHY_MAX];

    if (!file_read_whole(work->file, ENROLMENT_BYTES_MAX, &text))
        return failed(work->file);
    bool read =
        enrolment_read(text.bytes != NULL ? text.bytes : "", text.length, &work->enrolment, why);
    buffer_wipe(&text);
    return read || refuse("%s: %s", work->file, why);
}

static bool check_credential(const struct work *work)
{
    const struct buffer *parts = work->enrolment.parts;
    const struct credential credential = { parts[ENROLMENT_KEY].bytes,
                                           parts[ENROLMENT_CERTIFICATE].bytes,
                                           parts[ENROLMENT_AUTHORITY].bytes };
    const char *wrong = credential_wrong(&credential, work->enrolment.cart, clock_state_built_ms());

    if (wrong == NULL && !credential_readable(parts[ENROLMENT_BROKERS].bytes))
        wrong = "the certificate of the brokers cannot be read";
    return wrong == NULL || refuse("%s: %s", work->file, wrong);
}

/* As the agent itself reads them; `--config` of a file that is not there would be an error. */
static bool load(const char *path, struct settings *settings)
{
    char name[] = "carrito-agent", option[] = "--config", *file = strdup(path);
    char *argv[] = { name, option, file, NULL };
    int argc = access(path, F_OK) == 0 ? 3 : 1;
    enum config_result result;

    if (argc == 1)
        argv[1] = NULL;
    result = settings_load(settings, &argc, argv);
    free(file);
    return result == CONFIG_OK;
}

static bool find_rights(struct work *work)
{
    struct stat status;
    const struct group *agents = getgrnam(AGENTS_GROUP);

    work->rights = (struct file_rights){ geteuid(), getegid(), CONFIG_MODE };
    if (agents != NULL && geteuid() == 0)
        work->rights.group = agents->gr_gid;
    if (stat(work->config, &status) == 0)
        work->rights = (struct file_rights){ status.st_uid, status.st_gid, status.st_mode & 0777 };
    else if (errno != ENOENT)
        return failed(work->config);
    work->rights.mode &= 0740; /* a key is not for everybody, whatever the file was */
    return true;
}

/* `part` beside the configuration, as "cart.key"; the caller frees. */
static char *beside(const struct work *work, const char *part)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", work->folder, part) < 0)
        abort();
    return path;
}

static bool is_there(const struct work *work, const char *path, const struct buffer *bytes)
{
    struct buffer old = { 0 };
    struct stat status;
    bool same = stat(path, &status) == 0 && (status.st_mode & 0777) == work->rights.mode &&
                status.st_uid == work->rights.user && status.st_gid == work->rights.group &&
                file_read_whole(path, bytes->length, &old) && old.length == bytes->length &&
                memcmp(old.bytes, bytes->bytes, old.length) == 0;

    buffer_wipe(&old);
    return same;
}

/* What is there already is not written: a file that cannot be removed is taken at each start, and a
 * card wears out. */
static bool put(const struct work *work, const char *name, const struct buffer *bytes)
{
    char *path = beside(work, name);
    bool done =
        is_there(work, path, bytes) || file_write_whole(path, &work->rights, bytes) || failed(path);

    free(path);
    return done;
}

/* A file of the former plate; `plate` is as its certificate spells it. */
static bool keep_file(const struct work *work, const char *plate, const char *from,
                      const char *ending)
{
    struct buffer bytes = { 0 };
    char name[CART_LENGTH_MAX + 16];

    snprintf(name, sizeof name, "cart.%s.%s", plate, ending);
    bool done = (file_read_whole(from, CREDENTIAL_PEM_MAX, &bytes) || failed(from)) &&
                put(work, name, &bytes);
    buffer_wipe(&bytes);
    return done;
}

/* The plate that the certificate of a file names, which is the cart's however it is spelt. */
static bool is_certificate_of(const char *path, const char *cart, char named[CART_LENGTH_MAX + 1])
{
    struct buffer text = { 0 };
    bool its = file_read_whole(path, CREDENTIAL_PEM_MAX, &text) &&
               credential_cart(text.bytes, named) && cart_is_same(named, cart);

    buffer_free(&text);
    return its;
}

/* By its plate, and by its certificate: where a power cut came between the new certificate and the
 * new configuration, the first run has kept them. */
static bool keep_former(const struct work *work)
{
    const struct settings *was = &work->settings;
    char named[CART_LENGTH_MAX + 1], renewed_of[CART_LENGTH_MAX + 1], *pem = NULL;

    if (was->cart == NULL || was->mqtt.certfile == NULL || was->mqtt.keyfile == NULL ||
        !is_certificate_of(was->mqtt.certfile, was->cart, named) ||
        strcmp(named, work->enrolment.cart) == 0)
        return true;
    if (asprintf(&pem, "%s.pem", was->outbox) < 0)
        abort();
    /* One that it got by MQTT (renewal.h) has both in one file. */
    bool renewed =
        is_certificate_of(pem, was->cart, renewed_of) &&
        certificate_files_end_ms(pem, NULL) > certificate_files_end_ms(was->mqtt.certfile, NULL);
    bool kept = keep_file(work, named, renewed ? pem : was->mqtt.keyfile, "key") &&
                keep_file(work, named, renewed ? pem : was->mqtt.certfile, "crt");
    free(pem);
    return kept;
}

static void set(struct config_pairs *pairs, const char *name, char *value)
{
    pairs->pairs[pairs->count++] = (struct config_pair){ strdup(name), value };
}

/* The new text of the configuration, in a draft that the agent's own rules have passed. */
static bool write_draft(struct work *work, const char *draft)
{
    struct buffer old = { 0 }, text = { 0 };
    struct settings checked = { 0 };
    struct config_pairs *pairs = &work->enrolment.settings;

    if (!file_read_whole(work->config, CONFIG_BYTES_MAX, &old) && errno != ENOENT)
        return failed(work->config);
    set(pairs, "mqtt_cafile", beside(work, "broker-ca.crt"));
    set(pairs, "mqtt_certfile", beside(work, "cart.crt"));
    set(pairs, "mqtt_keyfile", beside(work, "cart.key"));
    if (work->enrolment.parts[ENROLMENT_CLIENTS].length > 0)
        set(pairs, "clients_keyfile", beside(work, "clients.key"));
    config_edit(&old, pairs, &text);
    work->unchanged = is_there(work, work->config, &text);
    bool done = work->unchanged || file_write_whole(draft, &work->rights, &text) || failed(draft);
    if (done && !work->unchanged && !load(draft, &checked)) {
        unlink(draft);
        done = refuse("%s: its settings are not taken", work->file);
    }
    config_free(&settings_spec, &checked, NULL);
    buffer_free(&old);
    buffer_free(&text);
    return done;
}

/* The key before its certificate and both before the file that names them. */
static bool put_all(struct work *work, const char *draft)
{
    const struct buffer *parts = work->enrolment.parts;
    bool done = keep_former(work) && put(work, "cart.key", &parts[ENROLMENT_KEY]) &&
                put(work, "cart.crt", &parts[ENROLMENT_CERTIFICATE]) &&
                put(work, "broker-ca.crt", &parts[ENROLMENT_BROKERS]) &&
                (parts[ENROLMENT_CLIENTS].length == 0 ||
                 put(work, "clients.key", &parts[ENROLMENT_CLIENTS])) &&
                (work->unchanged || rename(draft, work->config) == 0 || failed(work->config));

    if (!done && !work->unchanged)
        unlink(draft);
    return done;
}

/* Whoever has the file is the cart, so it goes. On a file system that cannot be written it stays
 * where it is, which is said and is no failure: the service takes it at each start. */
static bool take_away(const struct work *work)
{
    if (file_destroy(work->file))
        return true;
    if (errno != EROFS)
        return refuse("%s: %s: remove it by hand, the cart's key is in it", work->file,
                      strerror(errno));
    fprintf(
        stderr,
        "carrito-agent: %s stays, as its file system is read-only: the cart's key is in it, and "
        "it is taken again at each start\n",
        work->file);
    return true;
}

static bool do_work(struct work *work)
{
    char *draft = NULL;

    if (!read_enrolment(work) || !check_credential(work) || !find_rights(work))
        return false;
    if (!load(work->config, &work->settings))
        return refuse("%s must be mended first", work->config);
    if (asprintf(&draft, "%s.enrol", work->config) < 0)
        abort();
    bool done = write_draft(work, draft) && put_all(work, draft);
    free(draft);
    if (!done)
        return false;
    fprintf(stderr, "carrito-agent: this board is the cart %s\n", work->enrolment.cart);
    return take_away(work);
}

static const char *boot_file(void)
{
    for (size_t i = 0; i < sizeof boot_files / sizeof *boot_files; i++)
        if (access(boot_files[i], F_OK) == 0)
            return boot_files[i];
    return NULL;
}

/* Here and not by config_load(): it is the file of the configuration that is written. */
static bool take_words(int argc, char **argv, struct work *work)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--config=", 9) == 0)
            work->config = argv[i] + 9;
        else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            work->config = argv[++i];
        else if (argv[i][0] != '-' && work->file == NULL)
            work->file = argv[i];
        else
            return false;
    }
    return true;
}

int enrol_run(int argc, char **argv)
{
    struct work work = { .config = CONFIG_FILE };
    char *path;

    if (!take_words(argc, argv, &work)) {
        fputs("carrito-agent: usage: carrito-agent enrol [--config FILE] [FILE]\n", stderr);
        return 2;
    }
    if (work.file == NULL)
        work.file = boot_file();
    if (work.file == NULL)
        return EXIT_SUCCESS;
    path = strdup(work.config);
    if (path == NULL)
        abort();
    work.folder = dirname(path);
    bool done = do_work(&work);
    enrolment_free(&work.enrolment);
    config_free(&settings_spec, &work.settings, NULL);
    free(path);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
