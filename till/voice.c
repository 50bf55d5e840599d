/* A child at a time. */
#include "till/voice.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct voice voice_by(const char *program, const char *lang)
{
    return (struct voice){ .program = program, .lang = lang };
}

static void told_once(struct voice *voice, const char *why)
{
    if (!voice->failed)
        log_warn("voice", "nothing can be said aloud", "program=%s error=%s", voice->program, why);
    voice->failed = true;
}

static void bury(struct voice *voice, int options)
{
    int status = 0;

    if (voice->child == 0 || waitpid(voice->child, &status, options) != voice->child)
        return;
    voice->child = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        voice->failed = false;
    else
        told_once(voice, WIFSIGNALED(status) ? "it was killed" : "it failed");
}

void voice_close(struct voice *voice)
{
    if (voice->child != 0)
        kill(-voice->child, SIGKILL); /* a group of its own */
    bury(voice, 0);
    voice->next[0] = '\0';
}

bool voice_speaks(const struct voice *voice)
{
    return strcmp(voice->program, "none") != 0 && !voice->failed;
}

void voice_say(struct voice *voice, const char *sentence)
{
    if (strcmp(voice->program, "none") != 0)
        snprintf(voice->next, sizeof voice->next, "%s", sentence);
}

/* What it writes is no use to anybody: it is about the sound card, or the sentence again. */
static int spawn(struct voice *voice, char *const argv[])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    int error = posix_spawnp(&voice->child, voice->program, &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static void speak(struct voice *voice, int64_t mono_ms)
{
    char program[] = "espeak-ng", option[] = "-v", spanish[] = "es-419", english[] = "en",
         end[] = "--", sentence[SENTENCE_SIZE];
    char *argv[] = { program, option,   strcmp(voice->lang, "en") == 0 ? english : spanish,
                     end,     sentence, NULL };

    snprintf(sentence, sizeof sentence, "%s", voice->next);
    voice->next[0] = '\0';
    int error = spawn(voice, argv);
    if (error == 0) {
        voice->began_ms = mono_ms;
        return;
    }
    voice->child = 0;
    told_once(voice, strerror(error));
}

bool voice_turn(struct voice *voice, int64_t mono_ms)
{
    bury(voice, WNOHANG);
    if (voice->child != 0 && mono_ms - voice->began_ms >= VOICE_MS_MAX) {
        kill(-voice->child, SIGKILL); /* a group of its own */
        bury(voice, 0);
    }
    if (voice->child == 0 && voice->next[0] != '\0')
        speak(voice, mono_ms);
    return voice->child != 0;
}
