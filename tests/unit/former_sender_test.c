/* Proves how former outboxes are sent: when one has its turn, by which connection, how it is given
 * up and tried again, and that it is said to be done. The uplinks' place is taken by a few words.
 */
#include "outbox_room.h"

#include "agent/former_sender.h"
#include "common/day.h"

#include <fcntl.h>

#define OLD  "BBCL23"
#define NEW  "ZZTP10"
#define SOLD 5
#define MIN  60000

/* Two that are told apart by their addresses: the cart's own, and the former plate's. */
static struct uplink {
    char none;
} live_uplink, own_uplink;

static struct fake {
    struct uplink_status live, own;
    struct uplink_options options; /* of the former plate's */
    char cart[32], certfile[600], keyfile[600], epoch[EPOCH_LENGTH_MAX + 1];
    const struct uplink_store *given; /* to the cart's own; NULL: taken away */
    struct uplink_store store;
    int opened, closed, given_count, said;
} fake;

struct uplink *uplink_open(const struct uplink_options *options, int64_t wall_ms)
{
    (void)wall_ms;
    fake.opened++;
    fake.options = *options;
    fake.store = options->store;
    snprintf(fake.cart, sizeof fake.cart, "%s", options->cart);
    snprintf(fake.epoch, sizeof fake.epoch, "%s", options->epoch);
    snprintf(fake.certfile, sizeof fake.certfile, "%s",
             options->link->certfile != NULL ? options->link->certfile : "");
    snprintf(fake.keyfile, sizeof fake.keyfile, "%s",
             options->link->keyfile != NULL ? options->link->keyfile : "");
    return &own_uplink;
}

void uplink_close(struct uplink *uplink)
{
    fake.closed += uplink == &own_uplink;
}

void uplink_turn(struct uplink *uplink, short revents, int64_t mono_ms, int64_t wall_ms)
{
    (void)revents, (void)mono_ms, (void)wall_ms;
    assert_ptr_equal(uplink, &own_uplink);
}

void uplink_status(const struct uplink *uplink, struct uplink_status *status)
{
    *status = uplink == &live_uplink ? fake.live : fake.own;
}

void uplink_send_former(struct uplink *uplink, const char *epoch, const struct uplink_store *store)
{
    assert_ptr_equal(uplink, &live_uplink);
    fake.given = store;
    if (store == NULL)
        return;
    fake.given_count++;
    fake.store = *store;
    snprintf(fake.epoch, sizeof fake.epoch, "%s", epoch);
}

void uplink_say_online(struct uplink *uplink)
{
    assert_ptr_equal(uplink, &live_uplink);
    fake.said++;
}

int uplink_fd(const struct uplink *uplink)
{
    return uplink == &own_uplink ? 7 : -1;
}

short uplink_poll_events(const struct uplink *uplink)
{
    (void)uplink;
    return 1;
}

int uplink_timeout_ms(const struct uplink *uplink, int64_t mono_ms)
{
    (void)uplink, (void)mono_ms;
    return 99;
}

struct scene {
    struct settings settings;
    struct mqtt_link_options link;
    struct formers formers;
    struct former_sender sender;
    char outbox[600], certfile[600], keyfile[600], epoch[EPOCH_LENGTH_MAX + 1];
    int64_t now_ms;
};

/* What the centre has, of what was given to one of the uplinks. */
static void acknowledge(int64_t seq)
{
    fake.store.calls->acknowledge(fake.store.owner, seq);
}

static void turn_after(struct scene *scene, int64_t ms)
{
    scene->now_ms += ms;
    former_sender_turn(&scene->sender, 0, scene->now_ms, NOON_MS);
}

/* SOLD sales of OLD wait, and the cart is `cart` now. */
static void begin(void **state, struct scene *scene, const char *cart)
{
    struct outbox *outbox = opened(state);

    memset(&fake, 0, sizeof fake);
    *scene = (struct scene){ .now_ms = 1000000 };
    fake.live = (struct uplink_status){ .connected = true, .bridge_online = true };
    strcpy(scene->epoch, outbox_head(outbox)->epoch);
    for (int i = 0; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
    outbox = outbox_open(path_of(state), NEW, NOON_MS);
    assert_non_null(outbox);
    outbox_close(outbox);
    formers_look(&scene->formers, path_of(state), NOON_MS);
    assert_int_equal(scene->formers.count, 1);
    snprintf(scene->outbox, sizeof scene->outbox, "%s", path_of(state));
    scene->settings.outbox = scene->outbox;
    former_sender_open(&scene->sender,
                       &(struct former_sender_options){ &scene->formers, &scene->settings, cart,
                                                        &scene->link, &live_uplink });
}

static void end(struct scene *scene)
{
    former_sender_close(&scene->sender);
    formers_free(&scene->formers);
}

static void use_certificates(void **state, struct scene *scene)
{
    const char *folder = ((struct scratch *)*state)->folder;

    snprintf(scene->certfile, sizeof scene->certfile, "%s/cart.crt", folder);
    snprintf(scene->keyfile, sizeof scene->keyfile, "%s/cart.key", folder);
    scene->settings.mqtt.certfile = scene->certfile;
    scene->settings.mqtt.keyfile = scene->keyfile;
    scene->link.certfile = scene->certfile;
    scene->link.keyfile = scene->keyfile;
}

static void put(void **state, const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", ((struct scratch *)*state)->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void one_of_the_same_plate_goes_by_the_carts_own(void **state)
{
    struct scene scene;

    begin(state, &scene, OLD);
    assert_true(scene.formers.list[0].sends);
    turn_after(&scene, 0);
    assert_int_equal(fake.given_count, 1);
    assert_int_equal(fake.opened, 0);
    assert_string_equal(fake.epoch, scene.epoch);
    assert_int_equal(former_sender_fd(&scene.sender), -1);
    acknowledge(2);
    turn_after(&scene, 10);
    assert_int_equal(scene.formers.list[0].waiting, SOLD - 2);
    acknowledge(SOLD);
    turn_after(&scene, 10);
    assert_null(fake.given);
    assert_int_equal(scene.formers.count, 0);
    assert_int_equal(fake.said, 1); /* the state, without it */
    assert_int_equal(scratch_each(*state, ".sent-" OLD "-", NULL), 1);
    end(&scene);
}

static void one_of_another_plate_has_its_own_connection(void **state)
{
    struct scene scene;

    begin(state, &scene, NEW);
    turn_after(&scene, 0);
    assert_int_equal(fake.opened, 1);
    assert_int_equal(fake.given_count, 0);
    assert_true(fake.options.is_former);
    assert_string_equal(fake.cart, OLD);
    assert_string_equal(fake.epoch, scene.epoch);
    assert_int_equal(former_sender_fd(&scene.sender), 7);
    assert_int_equal(former_sender_timeout_ms(&scene.sender, scene.now_ms), 99);
    acknowledge(SOLD);
    turn_after(&scene, 10);
    assert_int_equal(fake.closed, 1);
    assert_int_equal(scene.formers.count, 0);
    end(&scene);
}

static void without_its_certificate_it_waits_for_export(void **state)
{
    struct scene scene;

    begin(state, &scene, NEW);
    use_certificates(state, &scene);
    put(state, "cart." OLD ".crt"); /* no key */
    for (int i = 0; i < 10; i++)
        turn_after(&scene, MIN);
    assert_false(scene.formers.list[0].sends);
    assert_int_equal(fake.opened, 0);
    int said = fake.said;
    put(state, "cart." OLD ".key");
    turn_after(&scene, MIN);
    assert_true(scene.formers.list[0].sends);
    assert_int_equal(fake.said, said + 1);
    assert_int_equal(fake.opened, 1);
    assert_non_null(strstr(fake.certfile, "/cart." OLD ".crt"));
    assert_non_null(strstr(fake.keyfile, "/cart." OLD ".key"));
    end(&scene);
}

static void it_waits_while_the_cart_has_something_to_send(void **state)
{
    static const struct uplink_status not_yet[] = {
        { .connected = true, .bridge_online = true, .has_unsent = true },
        { .connected = true, .bridge_online = true, .closed_told = true },
        { .connected = true },
        { .connected = false },
    };
    struct scene scene;

    begin(state, &scene, NEW);
    for (size_t i = 0; i < sizeof not_yet / sizeof *not_yet; i++) {
        fake.live = not_yet[i];
        turn_after(&scene, MIN);
    }
    assert_int_equal(fake.opened, 0);
    fake.live = (struct uplink_status){ .connected = true, .bridge_online = true };
    turn_after(&scene, MIN);
    assert_int_equal(fake.opened, 1);
    end(&scene);
}

/* Its connection comes, and is taken over by the board that has the plate now. */
static void take_over(struct scene *scene)
{
    fake.own.connected = true;
    turn_after(scene, 10);
    fake.own.connected = false;
    turn_after(scene, 10);
}

static void who_was_put_out_comes_back_ever_more_rarely(void **state)
{
    struct scene scene;

    begin(state, &scene, NEW);
    turn_after(&scene, 0);
    for (int64_t pause_ms = MIN, opened = 1; pause_ms <= 8 * MIN; pause_ms *= 2, opened++) {
        assert_int_equal(fake.opened, opened);
        take_over(&scene);
        assert_int_equal(fake.closed, opened);
        turn_after(&scene, pause_ms - 100);
        assert_int_equal(fake.opened, opened);
        turn_after(&scene, 100);
    }
    acknowledge(1); /* it was worth it */
    take_over(&scene);
    turn_after(&scene, MIN);
    assert_int_equal(fake.opened, 6);
    end(&scene);
}

static void what_gets_nowhere_is_given_up(void **state)
{
    struct scene scene;

    begin(state, &scene, NEW);
    turn_after(&scene, 0);
    fake.own.connected = true; /* and the broker refuses each batch */
    turn_after(&scene, 2 * MIN);
    assert_int_equal(fake.closed, 0);
    turn_after(&scene, 1000);
    assert_int_equal(fake.closed, 1);
    end(&scene);
}

static void what_was_acknowledged_outlives_a_restart(void **state)
{
    struct scene scene;

    begin(state, &scene, NEW);
    turn_after(&scene, 0);
    acknowledge(SOLD - 1);
    turn_after(&scene, 10);
    former_sender_close(&scene.sender);
    formers_look(&scene.formers, path_of(state), NOON_MS);
    assert_int_equal(scene.formers.list[0].waiting, 1);
    end(&scene);
}

/* While it is sent; as SQLite says it of a page that it cannot use. */
static void what_turns_out_to_be_damaged_is_rescued_and_sent(void **state)
{
    struct scene scene;
    char rubbish[4096];

    begin(state, &scene, NEW);
    turn_after(&scene, 0);
    acknowledge(2);
    turn_after(&scene, 10);
    former_sender_close(&scene.sender);
    int fd = open(scene.formers.list[0].path, O_WRONLY);
    memset(rubbish, 0x55, sizeof rubbish);
    assert_int_equal(pwrite(fd, rubbish, 100, 0), 100);
    close(fd);
    int said = fake.said;
    turn_after(&scene, MIN);
    assert_int_equal(fake.said, said + 1);
    assert_int_equal(scene.formers.count, 1);
    assert_in_range(scene.formers.list[0].waiting, SOLD - 2, SOLD);
    turn_after(&scene, MIN);
    assert_string_equal(fake.cart, OLD);
    assert_string_equal(fake.epoch, scene.epoch);
    acknowledge(SOLD);
    turn_after(&scene, 10);
    assert_int_equal(scene.formers.count, 0);
    assert_int_equal(scratch_each(*state, ".damaged-", NULL), 1);
    end(&scene);
}

static void the_plate_stands_before_the_extension(void **state)
{
    static const struct {
        const char *file, *name;
    } table[] = {
        { "/etc/carrito/cart.crt", "/etc/carrito/cart.BBCL23.crt" },
        { "/etc/carrito/cart.key", "/etc/carrito/cart.BBCL23.key" },
        { "cart.crt", "cart.BBCL23.crt" },
        { "/etc/carrito.d/cart", "/etc/carrito.d/cart.BBCL23" },
        { "/etc/carrito/a.b.pem", "/etc/carrito/a.b.BBCL23.pem" },
    };
    char name[FORMER_FILE_SIZE], longest[FORMER_FILE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(former_sender_file(table[i].file, OLD, name));
        assert_string_equal(name, table[i].name);
    }
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(former_sender_file(longest, OLD, name));
    longest[sizeof longest - 1 - strlen("." OLD)] = '\0';
    assert_true(former_sender_file(longest, OLD, name));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("one of the same plate goes by the cart's own connection",
              one_of_the_same_plate_goes_by_the_carts_own),
        CLAIM("one of another plate has a connection of its own",
              one_of_another_plate_has_its_own_connection),
        CLAIM("without its certificate it waits for export",
              without_its_certificate_it_waits_for_export),
        CLAIM("it waits while the cart has something to send",
              it_waits_while_the_cart_has_something_to_send),
        CLAIM("who was put out comes back ever more rarely",
              who_was_put_out_comes_back_ever_more_rarely),
        CLAIM("what gets nowhere is given up", what_gets_nowhere_is_given_up),
        CLAIM("what was acknowledged outlives a restart", what_was_acknowledged_outlives_a_restart),
        CLAIM("what turns out to be damaged is rescued and sent",
              what_turns_out_to_be_damaged_is_rescued_and_sent),
        CLAIM("the plate stands before the extension", the_plate_stands_before_the_extension),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
