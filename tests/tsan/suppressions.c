/* What ThreadSanitizer reports of libraries, for its builds only: linked into every program.
 *
 * The libraries are not compiled for it, so what they do with atomics alone is not seen; locks are,
 * and so is our own code. libmosquitto 2.0.11 unlocks what it has not locked where a broker says
 * DISCONNECT. */

/* Read by ThreadSanitizer at start. */
const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
    return "race:librdkafka.so\n"
           "mutex:librdkafka.so\n"
           "mutex:libmosquitto.so\n"
           "called_from_lib:librdkafka.so\n"
           "called_from_lib:libcrypto.so\n";
}
