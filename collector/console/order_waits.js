// How long orders waited, by cart and by hour, folded away below the board.
import { query } from "/console/api.js";
import { el } from "/console/dom.js";
import { number, shiftDay, today } from "/console/format.js";
import { Table } from "/console/table.js";
import { t } from "/console/words.js";

const DAYS = 6; // before today

/* "45 s", "3 min 20 s". */
function span(seconds) {
  if (seconds === null) return null;
  const minutes = Math.floor(seconds / 60);
  const rest = `${seconds % 60} s`;
  return minutes === 0 ? rest : `${number(minutes)} min ${rest}`;
}

function table(group, caption) {
  const count = (key, label) => ({
    key,
    label,
    kind: "num",
    show: (row) => number(row[key]),
  });
  const duration = (key, label) => ({ key, label, kind: "num", show: (row) => span(row[key]) });
  return new Table({
    caption,
    captionShown: true,
    empty: t("waits-none"),
    key: (row) => row[group] ?? "",
    columns: [
      {
        key: group,
        label: group === "cart" ? t("cart") : t("day-hour"),
        show: (row) => row[group] ?? t("waits-nobody"),
      },
      count("orders", t("view-orders")),
      count("taken", t("waits-taken")),
      duration("wait_median_s", t("waits-wait")),
      duration("wait_p90_s", t("waits-wait-most")),
      duration("way_median_s", t("waits-way")),
      duration("way_p90_s", t("waits-way-most")),
      count("refused", t("waits-refused")),
      count("unanswered", t("waits-unanswered")),
    ],
  });
}

export class OrderWaits {
  #view;
  #tables = { cart: table("cart", t("waits-by-cart")), hour: table("hour", t("waits-by-hour")) };

  constructor(view) {
    this.#view = view;
    this.element = el(
      "details",
      { ontoggle: () => view.renew() },
      el("summary", {}, t("waits-title")),
      Object.values(this.#tables).map((one) => one.element),
    );
  }

  async load() {
    if (!this.element.open) return;
    const from = shiftDay(today(), -DAYS);
    for (const [group, one] of Object.entries(this.#tables))
      one.rows = await this.#view.all(query("/orders/waits", { group, from }));
  }
}
