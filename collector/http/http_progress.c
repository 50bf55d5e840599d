/* TCP_INFO and SIOCOUTQ, tcp(7). The kernel's own header has the bytes; glibc's is older. */
#include "collector/http/http_progress.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

bool http_progress(int fd, struct guard_progress *progress)
{
    struct tcp_info info = { 0 };
    socklen_t size = sizeof info;
    int waiting = 0;
    if (ioctl(fd, SIOCOUTQ, &waiting) != 0 || waiting < 0)
        return false;
    *progress = (struct guard_progress){ .waiting = (uint32_t)waiting };
    if (waiting == 0)
        return true;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
        return false;
    progress->taken = info.tcpi_bytes_acked;
    return true;
}
