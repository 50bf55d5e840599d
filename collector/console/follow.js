// The page on which a buyer follows an order, and takes it back while nobody has begun it.
import { get, part, post } from "/console/api.js";
import { el, replace } from "/console/dom.js";
import { ago, number, pesos, time } from "/console/format.js";
import { followOrder } from "/console/order_stream.js";
import { plainMap } from "/console/plain_map.js";
import { t, word } from "/console/words.js";

const OLD_MS = 120000; // of a position: it is said how old it is
const ENDED = ["finalizado", "cancelado", "fallido"];

/* Others append to links (`?fbclid=…`, `/`, a full stop), and some write `#` as `%23`. */
const link = decodeURIComponent(location.pathname + location.hash);
const id = (link.match(/\/pedidos\/([0-9a-f]{32})/) || ["", ""])[1];
const key = (link.match(/#([0-9a-f]{32})/) || ["", ""])[1]; // "" for who has the number alone
const path = `/orders/${part(id)}`;

const what = el("p.lead");
const state = el("strong");
const said = el("p");
const way = el("p.eta");
const seen = el("p.muted");
const cart = el("p");
const place = el("p.muted");
const history = el("ol");
const note = el("p.muted");
const problem = el("p.problem", { role: "alert" });
const map = plainMap(t("follow-map"));
const cancel = el(
  "button",
  { type: "button", hidden: true, onclick: takeBack },
  t("follow-cancel"),
);
let shown = "";

const isOver = ({ status }) => ENDED.includes(status);
const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

/* The nearest sentence that there is: of the state with its reason or way, else of the state. */
function sentence(order) {
  const more = order.status === "fallido" ? order.failed_reason : order.pickup && "pickup";
  const whole = `follow-${order.status}-${more}`;
  const text = t(`follow-${order.status}-${more}`);
  return text === whole ? t(`follow-${order.status}`) : text;
}

function showWay(order) {
  const { position, distance_m: metres, eta_s: seconds } = order;
  if (typeof seconds === "number")
    way.textContent = t("follow-eta", number(minutes(seconds)), number(metres));
  else way.textContent = typeof metres === "number" ? t("follow-distance", number(metres)) : "";
  const isOld = position && Date.now() - new Date(position.time) > OLD_MS;
  seen.textContent = isOld ? t("follow-seen", ago(position.time)) : "";
  map.element.hidden = !position;
  if (!position) return;
  const here = typeof order.lat === "number" ? { lat: order.lat, lon: order.lon } : null;
  map.show({ here, cart: position });
}

function show(order) {
  const owns = typeof order.email === "string";
  const total = pesos(order.price * order.quantity);
  problem.textContent = "";
  what.textContent = `${number(order.quantity)} × ${order.product} · ${total}`;
  cancel.hidden = order.status !== "recibido" || !owns;
  cart.textContent = order.cart ? t("follow-cart", order.cart) : "";
  place.textContent = order.place ? t("follow-place", order.place) : "";
  note.textContent = t(owns ? "follow-keep" : "follow-keyless");
  note.hidden = isOver(order);
  showWay(order);
  // What has not changed is not said again to who hears the page.
  const now = JSON.stringify(order.history);
  if (shown === now) return;
  shown = now;
  state.textContent = word("order", order.status);
  said.textContent = sentence(order);
  replace(
    history,
    order.history.map((one) =>
      el("li", {}, word("order", one.status), " ", el("span.muted", {}, time(one.time))),
    ),
  );
}

async function takeBack() {
  const sent = { "Order-Key": key };
  cancel.disabled = true;
  try {
    await post(`${path}/cancel`, undefined, sent);
  } catch (error) {
    problem.textContent = error.message;
  }
  try {
    const said = problem.textContent;
    follow.again(await get(path, undefined, sent));
    problem.textContent = said;
  } catch (error) {
    problem.textContent = t("follow-stale");
  }
  cancel.disabled = false;
}

replace(
  document.querySelector("main"),
  el("img", { src: "/console/icon.svg", alt: "", width: 48, height: 48 }),
  el("h1", {}, t("follow-title")),
  what,
  el("div.state-now", { role: "status" }, state, said),
  way,
  map.element,
  seen,
  cart,
  place,
  history,
  problem,
  note,
  el("div.row", {}, cancel, el("a.button", { href: "/pedir" }, t("follow-again"))),
  el("p.muted", {}, el("a", { href: "/privacidad" }, t("privacy-title"))),
);
map.element.hidden = true;

const follow = followOrder(id, key, {
  told: show,
  lost: () => {
    problem.textContent = t("follow-stale");
  },
  unknown: () => {
    problem.textContent = t("follow-unknown");
  },
  isOver,
});
