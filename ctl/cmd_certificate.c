/* `carritoctl cart-certificate PLATE`: a key for a cart and, from the guild's authority, its
 * certificate; by openssl(1), because keys are no business of ours. The plate is the certificate's
 * common name, which the broker takes for the user's name (deploy/mosquitto). */
#include "common/event.h"
#include "ctl/command.h"
#include "ctl/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAYS_STANDARD "825"
#define PATH_SIZE     4096

static const struct option_spec certificate_options[] = {
    { .name = "ca",
      .kind = OPTION_TEXT,
      .help = { "certificado de la autoridad del gremio (sin él: solo la solicitud)",
                "certificate of the guild's authority (without it: a request only)" } },
    { .name = "ca-key",
      .kind = OPTION_TEXT,
      .help = { "la clave de la autoridad", "the authority's key" } },
    { .name = "days",
      .kind = OPTION_COUNT,
      .help = { "por cuántos días vale (" DAYS_STANDARD ")",
                "how many days it is valid (" DAYS_STANDARD ")" } },
    { .name = "out",
      .letter = 'o',
      .kind = OPTION_TEXT,
      .help = { "carpeta para los archivos (esta)", "folder for the files (this one)" } },
};

struct certificate {
    char plate[CART_LENGTH_MAX + 1];
    char key[PATH_SIZE], request[PATH_SIZE], certificate[PATH_SIZE];
    const char *ca, *ca_key, *days;
};

/* False, and told, where openssl did not do it. */
static bool openssl(const struct ctl *ctl, const char *const *words)
{
    int status = program_run(words);

    if (status == PROGRAM_MISSING)
        text_error(ctl->language, TEXT_OPENSSL_MISSING);
    else if (status != 0)
        text_error(ctl->language, TEXT_OPENSSL_FAILED, status);
    return status == 0;
}

static bool make_request(const struct ctl *ctl, const struct certificate *made)
{
    char subject[CART_LENGTH_MAX + 8];
    const char *words[] = { "openssl",
                            "req",
                            "-new",
                            "-newkey",
                            "ec",
                            "-pkeyopt",
                            "ec_paramgen_curve:P-256",
                            "-nodes",
                            "-subj",
                            subject,
                            "-addext",
                            "extendedKeyUsage=clientAuth",
                            "-keyout",
                            made->key,
                            "-out",
                            made->request,
                            NULL };

    snprintf(subject, sizeof subject, "/CN=%s", made->plate);
    return openssl(ctl, words);
}

/* RFC 5280, section 4.1.2.2: positive, at most 20 bytes; from a good random source. */
static bool make_serial(char serial[40])
{
    unsigned char bytes[16];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    strcpy(serial, "0x7");
    for (size_t i = 0; i < sizeof bytes; i++)
        sprintf(serial + 3 + 2 * i, "%02x", bytes[i]);
    return true;
}

static bool sign(const struct ctl *ctl, const struct certificate *made)
{
    char serial[40];
    const char *words[] = { "openssl",
                            "x509",
                            "-req",
                            "-in",
                            made->request,
                            "-CA",
                            made->ca,
                            "-CAkey",
                            made->ca_key,
                            "-days",
                            made->days,
                            "-set_serial",
                            serial,
                            "-copy_extensions",
                            "copy",
                            "-out",
                            made->certificate,
                            NULL };

    return make_serial(serial) && openssl(ctl, words);
}

/* A key that a cart uses must not be lost by a second call. */
static bool is_free(const struct ctl *ctl, const char *path)
{
    if (access(path, F_OK) != 0)
        return true;
    text_error(ctl->language, TEXT_FILE_EXISTS, path);
    return false;
}

static bool name_files(const struct ctl *ctl, const struct options *options,
                       struct certificate *made)
{
    const char *folder = options_get(options, "out");

    folder = folder ? folder : ".";
    snprintf(made->key, PATH_SIZE, "%s/%s.key", folder, made->plate);
    snprintf(made->request, PATH_SIZE, "%s/%s.csr", folder, made->plate);
    snprintf(made->certificate, PATH_SIZE, "%s/%s.crt", folder, made->plate);
    return is_free(ctl, made->key) && is_free(ctl, made->request) &&
           is_free(ctl, made->certificate);
}

static int run_certificate(const struct ctl *ctl, const struct options *options)
{
    struct certificate made = { .ca = options_get(options, "ca"),
                                .ca_key = options_get(options, "ca-key"),
                                .days = options_get(options, "days") };

    if (!cart_from_person(options->words[0], made.plate)) {
        text_error(ctl->language, TEXT_WORD_BAD, options->words[0],
                   text_of(ctl->language, TEXT_WANTS_CART));
        return EXIT_BAD_ARGUMENTS;
    }
    if (!made.ca != !made.ca_key) {
        text_error(ctl->language, TEXT_CA_AND_KEY);
        return EXIT_BAD_ARGUMENTS;
    }
    made.days = made.days ? made.days : DAYS_STANDARD;
    umask(077); /* the key is for its owner alone */
    if (!name_files(ctl, options, &made) || !make_request(ctl, &made))
        return EXIT_FAILED;
    if (!made.ca) {
        text_say(ctl->language, TEXT_CERTIFICATE_REQUESTED, made.request);
        printf("%s\n%s\n", made.key, made.request);
        return EXIT_OK;
    }
    if (!sign(ctl, &made))
        return EXIT_FAILED;
    unlink(made.request);
    text_say(ctl->language, TEXT_CERTIFICATE_MADE, made.plate);
    printf("%s\n%s\n", made.key, made.certificate);
    return EXIT_OK;
}

const struct command command_cart_certificate = {
    .name = "cart-certificate",
    .synopsis = { "PATENTE [--ca ARCHIVO --ca-key ARCHIVO] [--days N] [--out CARPETA]",
                  "PLATE [--ca FILE --ca-key FILE] [--days N] [--out FOLDER]" },
    .help = { "clave y certificado con que un carro entra al MQTT del gremio",
              "key and certificate by which a cart enters the guild's MQTT" },
    .options = certificate_options,
    .option_count = sizeof certificate_options / sizeof *certificate_options,
    .words_min = 1,
    .words_max = 1,
    .run = run_certificate,
};
