/* address_client and address_list_read: whoever comes through no proxy of ours is who he is; what
 * is read in a chain stands in it; what is not read is told, and ends the reading. */
#include "collector/http/address.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char proxies_text[] = "10.0.0.0/8, 2001:db8::/32";
    char *text = fuzz_text(data, size);
    char unread[ADDRESS_UNREAD_SIZE];
    struct address stranger, proxy;
    struct address_list proxies, read;

    CLAIM(address_from_text("192.0.2.1", 9, &stranger) && address_from_text("10.0.0.1", 8, &proxy));
    CLAIM(address_list_read(proxies_text, &proxies));
    struct address client = address_client(&stranger, text, &proxies, unread);
    CLAIM(address_equal(&client, &stranger) && unread[0] == '\0');
    client = address_client(&proxy, text, &proxies, unread);
    CLAIM(unread[0] == '\0' || address_list_has(&proxies, &client));
    CLAIM(strlen(unread) < sizeof unread && strchr(unread, ',') == NULL);
    if (address_list_read(text, &read))
        for (size_t i = 0; i < read.count; i++)
            CLAIM(address_list_has(&read, &read.items[i].base) && read.items[i].bits >= 1 &&
                  read.items[i].bits <= 128);
    free(text);
    return 0;
}
