/* fork, execvp, waitpid. */
#include "ctl/program.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(const char *const *words)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        /* execvp takes no const, and changes nothing. */
        execvp(words[0], (char *const *)words);
    }
    _exit(errno == ENOENT ? PROGRAM_MISSING : 126);
}

int program_run_quietly(const char *const *words)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        become(words);
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
