// An order as a card of the board: what it is, how long it waits, and to whom it was offered.
import { el } from "/console/dom.js";
import { ago, number, pesos, time } from "/console/format.js";
import { badge } from "/console/table.js";
import { t, word } from "/console/words.js";

const LONG_MS = 5 * 60000; // a buyer who waits longer is shown as one

const ended = ["finalizado", "cancelado", "fallido"];
export const isOver = ({ status }) => ended.includes(status);

/* The one that a cart may still answer. */
export const openOffer = (order) => (order.offers ?? []).find((one) => one.outcome === null);

/* Metres as a person says them. */
export function distance(metres) {
  if (metres === null || metres === undefined) return null;
  return metres < 1000 ? `${number(Math.round(metres))} m` : `${number(metres / 1000)} km`;
}

/* "14:02:10 · BBCL23 · 120 m · did not answer", the newest first. */
function offered({ cart, time: at, until, distance_m: metres, outcome }) {
  const came = outcome === null ? t("offer-until", time(until)) : word("offer", outcome);
  return el("li", {}, [time(at), cart, distance(metres), came].filter(Boolean).join(" · "));
}

function offers(order) {
  if (!order.offers || order.offers.length === 0) return null;
  const rows = [...order.offers].sort((a, b) => b.time.localeCompare(a.time)).map(offered);
  return el("ol.plain.offers", { "aria-label": t("offer-title") }, rows);
}

function waiting(order) {
  const since = order.history[0]?.time;
  if (order.status !== "recibido" || !since) return null;
  const long = Date.now() - new Date(since) > LONG_MS;
  return badge(t("order-waits", ago(since)), long ? "major" : "quiet");
}

const place = (order) => (order.pickup ? t("order-pickup") : order.place);

export function card(order, acts) {
  const id = `order-${order.id}`;
  const marks = [
    waiting(order),
    order.held && badge(t("order-held"), "warning"),
    order.failed_reason && badge(word("failed", order.failed_reason), "bad"),
  ].filter(Boolean);
  return el(
    "article.card",
    {
      "data-key": order.id,
      "data-focus": `card/${order.id}`,
      "aria-labelledby": id,
      tabindex: acts.length > 0 ? 0 : null,
    },
    el("h3", { id }, `${number(order.quantity)} × ${order.product}`),
    el("p", {}, pesos(order.price * order.quantity), order.cart && ` · ${order.cart}`),
    place(order) && el("p", {}, place(order)),
    order.email !== null && el("p.muted", {}, order.email),
    el("p.muted", {}, time(order.history.slice(-1)[0]?.time)),
    marks.length > 0 && el("p.row", {}, marks),
    offers(order),
    acts.length > 0 && el("div.row", {}, acts),
  );
}
