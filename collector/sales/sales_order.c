/* A row for each. */
#include "collector/sales/sales_order.h"

#include "sales_sql.h"

#include "common/order_state.h"

void sales_keep_order(struct store *store, const struct event *sale, int64_t append_ms)
{
    if (order_id_is_valid(sale->order))
        store_run(store, SQL_ORDER_SALE_INSERT, "tttii", sale->order, sale->cart, sale->epoch,
                  sale->seq, append_ms);
}
