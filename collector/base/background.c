/* Linux keeps a nice value for each thread, where POSIX has one for the process. */
#include "collector/base/background.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NICE 10

void background_enter(void)
{
    /* It needs no right, and where it fails nothing is lost but the order of work. */
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
}
