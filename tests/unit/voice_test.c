/* Proves that one sentence is spoken at a time, the newest next; that what hangs is killed; and
 * that a program that is missing or fails costs a line of the log and nothing else. */
#include "captured_log.h"
#include "common/clock.h"
#include "spoken.h"
#include "till/voice.h"

#include <errno.h>
#include <signal.h>

#define TURN_MS 5
#define TURNS   2000 /* 10 s, on a busy machine */

/* Turns until nothing is being said. */
static void finish(struct voice *voice)
{
    for (int i = 0; i < TURNS && voice_turn(voice, clock_mono_ms()); i++)
        clock_pause_ms(TURN_MS);
    assert_int_equal(voice->child, 0);
}

static void the_newest_sentence_is_next(void **state)
{
    struct scratch *scratch = *state;
    char program[600];

    spoken_make(scratch, "sleep 0.2", program, sizeof program);
    struct voice voice = voice_by(program, "es");
    assert_false(voice_turn(&voice, clock_mono_ms()));
    voice_say(&voice, "3, quedan 57");
    assert_true(voice_turn(&voice, clock_mono_ms()));
    voice_say(&voice, "2, quedan 55");
    voice_say(&voice, "1, quedan 54; $(touch no) `no`");
    assert_true(voice_turn(&voice, clock_mono_ms()));
    finish(&voice);
    assert_string_equal(spoken_so_far(scratch),
                        "-v|es-419|--|3, quedan 57\n-v|es-419|--|1, quedan 54; $(touch no) `no`\n");
    voice.lang = "en";
    voice_say(&voice, "--version");
    voice_turn(&voice, clock_mono_ms());
    finish(&voice);
    assert_non_null(strstr(spoken_so_far(scratch), "-v|en|--|--version\n"));
    voice_close(&voice);
}

static void what_hangs_is_killed(void **state)
{
    struct scratch *scratch = *state;
    char program[600];

    spoken_make(scratch, "exec sleep 600", program, sizeof program);
    struct voice voice = voice_by(program, "es");
    int64_t now_ms = clock_mono_ms();
    voice_say(&voice, "uno");
    assert_true(voice_turn(&voice, now_ms));
    pid_t first = voice.child;
    assert_true(voice_turn(&voice, now_ms + VOICE_MS_MAX - 1));
    assert_int_equal(voice.child, first);
    assert_false(voice_turn(&voice, now_ms + VOICE_MS_MAX));
    assert_true(kill(first, 0) != 0 && errno == ESRCH);
    voice_say(&voice, "dos");
    assert_true(voice_turn(&voice, now_ms + VOICE_MS_MAX + 1));
    pid_t second = voice.child;
    voice_close(&voice);
    assert_true(kill(second, 0) != 0 && errno == ESRCH);
}

static void without_a_program_it_is_silent_and_says_so_once(void **state)
{
    struct scratch *scratch = *state;
    char program[600];
    int saved;

    snprintf(program, sizeof program, "%s/none", scratch->folder);
    FILE *log = capture(&saved);
    struct voice voice = voice_by(program, "es"), silent = voice_by("none", "es");
    for (int i = 0; i < 20; i++) {
        voice_say(&voice, "uno");
        finish(&voice);
        voice_say(&silent, "uno");
        finish(&silent);
    }
    spoken_make(scratch, "exit 3", program, sizeof program); /* fails, and is the same trouble */
    voice.program = program;
    voice_say(&voice, "uno");
    voice_turn(&voice, clock_mono_ms());
    finish(&voice);
    spoken_make(scratch, "", program, sizeof program); /* works: the next failure is new */
    voice_say(&voice, "dos");
    voice_turn(&voice, clock_mono_ms());
    finish(&voice);
    spoken_make(scratch, "exit 3", program, sizeof program);
    voice_say(&voice, "tres");
    voice_turn(&voice, clock_mono_ms());
    finish(&voice);
    voice_close(&voice);
    voice_close(&silent);
    char *text = captured(log, saved);
    int lines = count(text, "\n"), told = count(text, "nothing can be said aloud");
    free(text);
    assert_int_equal(told, 2);
    assert_int_equal(lines, 2);
    assert_string_equal(spoken_so_far(scratch),
                        "-v|es-419|--|uno\n-v|es-419|--|dos\n-v|es-419|--|tres\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "the newest sentence is next", the_newest_sentence_is_next, scratch_setup,
          scratch_teardown, NULL },
        { "what hangs is killed", what_hangs_is_killed, scratch_setup, scratch_teardown, NULL },
        { "without a program it is silent and says so once",
          without_a_program_it_is_silent_and_says_so_once, scratch_setup, scratch_teardown, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
