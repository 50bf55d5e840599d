/* getaddrinfo_a() without a thread of glibc's, for ThreadSanitizer builds only.
 *
 * glibc makes that thread by an internal call which gcc 12's ThreadSanitizer does not see, and a
 * thread that it does not know crashes at its first malloc(). Linked into a program, this takes the
 * place of glibc's: it answers before it returns, which GAI_NOWAIT allows. */
#include <netdb.h>
#include <stddef.h>

int getaddrinfo_a(int mode, struct gaicb *list[], int count, struct sigevent *event)
{
    (void)mode, (void)event;
    for (int i = 0; i < count; i++) {
        if (list[i] != NULL) /* gai_error() tells what is kept in __return */
            list[i]->__return = getaddrinfo(list[i]->ar_name, list[i]->ar_service,
                                            list[i]->ar_request, &list[i]->ar_result);
    }
    return 0;
}
