// The page on which a buyer follows an order, and takes it back while nobody has begun it.
import { get, part, post } from "/console/api.js";
import { el, replace } from "/console/dom.js";
import { number, pesos, time } from "/console/format.js";
import { language, t, word } from "/console/words.js";

const POLL_MS = 2000;
const ended = ["finalizado", "cancelado", "fallido"];
const id = decodeURIComponent(location.pathname.split("/").pop());
const path = `/orders/${part(id)}`;
const key = location.hash.slice(1); // of a link; "" for who has the number alone
const sent = key === "" ? {} : { "Order-Key": key };
const what = el("p.lead");
const state = el("p.state-now", { role: "status" });
const history = el("ol");
const cart = el("p");
const problem = el("p.problem", { role: "alert" });
const cancel = el(
  "button",
  { type: "button", hidden: true, onclick: takeBack },
  t("follow-cancel"),
);
let shown = null;

function show(order) {
  problem.textContent = "";
  const total = pesos(order.price * order.quantity);
  what.textContent = `${number(order.quantity)} × ${order.product} · ${total}`;
  cancel.hidden = order.status !== "recibido" || order.email === null;
  cart.textContent = order.cart ? t("follow-cart", order.cart) : "";
  if (shown === order.status) return;
  shown = order.status;
  replace(state, el("strong", {}, word("order", order.status)));
  replace(
    history,
    order.history.map((one) =>
      el("li", {}, word("order", one.status), " ", el("span.muted", {}, time(one.time))),
    ),
  );
}

async function poll() {
  try {
    const order = await get(path, undefined, sent);
    show(order);
    if (ended.includes(order.status)) return;
  } catch (error) {
    problem.textContent = error.status === 404 ? t("follow-unknown") : t("follow-stale");
    if (error.status === 404) return;
  }
  setTimeout(poll, POLL_MS);
}

async function takeBack() {
  cancel.disabled = true;
  try {
    await post(`${path}/cancel`, undefined, sent);
    show(await get(path, undefined, sent));
  } catch (error) {
    problem.textContent = error.message;
  }
  cancel.disabled = false;
}

document.documentElement.lang = language;
document.title = `${t("follow-title")} · carrito`;
document.body.append(
  el(
    "main.sign",
    {},
    el("img", { src: "/console/icon.svg", alt: "", width: 48, height: 48 }),
    el("h1", {}, t("follow-title")),
    what,
    state,
    cart,
    history,
    problem,
    el("div.row", {}, cancel, el("a.button", { href: "/pedir" }, t("follow-again"))),
    el("p.muted", {}, el("a", { href: "/privacidad" }, t("privacy-title"))),
  ),
);
poll();
