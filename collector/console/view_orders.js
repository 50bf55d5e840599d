// Orders as a board: a column for each state.
import { part, post } from "/console/api.js";
import { confirm } from "/console/dialog.js";
import { el, replace } from "/console/dom.js";
import { number, pesos, time } from "/console/format.js";
import { act } from "/console/table.js";
import { exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const columns = ["recibido", "preparando", "entregando", "finalizado", "cancelado", "fallido"];
const ended = ["finalizado", "cancelado", "fallido"];
const SHOWN = 50;

export default class Orders extends View {
  #board = el("div.board");

  mount() {
    this.set(el("div.row.toolbar", {}, el("span.space"), exports(() => "/orders", () => "pedidos")), this.#board);
    this.renewOn(["order"], 500);
  }

  async load() {
    const lists = await Promise.all(columns.map((status) => this.get(`/orders?status=${status}&limit=${SHOWN}`)));
    replace(this.#board, columns.map((status, index) => el("section.lane", { "aria-labelledby": `lane-${status}` },
      el("h2", { id: `lane-${status}` }, word("order", status), " ", el("span.count.calm", {},
        lists[index].next === null ? number(lists[index].items.length) : `${SHOWN}+`)),
      lists[index].items.length === 0 ? el("p.muted", {}, t("order.none")) : lists[index].items.map((order) => this.#card(order)))));
  }

  #card(order) {
    return el("article.card", {}, el("h3", {}, `${number(order.quantity)} × ${order.product}`),
      el("p", {}, pesos(order.price * order.quantity), order.cart && ` · ${order.cart}`),
      el("p.muted", {}, order.email), el("p.muted", {}, time(order.history.at(-1)?.time)),
      this.acts && !ended.includes(order.status) && act(t("order.cancel"), () => this.#cancel(order), { name: order.email }));
  }

  async #cancel(order) {
    if (await confirm(t("order.cancel.ask", order.email), t("order.cancel")) !== null)
      this.act(() => post(`/orders/${part(order.id)}/cancel`));
  }
}
