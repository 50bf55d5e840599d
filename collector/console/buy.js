// The page on which a buyer orders. The server writes the form, which goes without a script, too
// (api_pages.c). Here it learns to say where one is, what it costs and what went wrong without
// leaving the page, and that one order which was tapped twice is one. No account: who has the
// order's key may follow it; it stands behind `#`, which no browser sends to a server.
import { get, isAway, post } from "/console/api.js";
import { el } from "/console/dom.js";
import { pesos } from "/console/format.js";
import { whenSent } from "/console/form.js";
import { plainMap } from "/console/plain_map.js";
import { t } from "/console/words.js";

// Refused for good: what is sent next is another order. After anything else this one may have been
// taken, or be taken yet, and what is sent again has the same key.
const DECIDED = [400, 422];
const PENDING = "carrito-order"; // of this tab, over a reload
const RENEW_MS = 20000;
const LOCATE_MS = 15000;

const form = document.querySelector("form");
const fields = form.elements;
const sum = form.querySelector(".total");
const where = form.querySelector(".where");
const said = el("span.muted", { role: "status" }, t("buy-where-lead"));
const map = plainMap(t("buy-map"), setOnMap);
const problem = form.querySelector(".problem") || el("p.problem", { role: "alert" });
const closed = document.querySelector(".note") || el("p.note", { role: "status" });
const ANY = { dispatch: false, open: true, area: null, hours: null };
let shop = ANY;
let pending = kept(); // { key, text: what was sent under it, done: it was answered }

/* A browser may keep nothing. */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(PENDING));
  } catch (error) {
    return null;
  }
}

function keep(value) {
  pending = value;
  try {
    if (value === null) sessionStorage.removeItem(PENDING);
    else sessionStorage.setItem(PENDING, JSON.stringify(value));
  } catch (error) {
    // It is remembered as long as the page is there.
  }
}

function priceEach() {
  const chosen = form.querySelector("input[name=product]:checked");
  return chosen === null ? Number(fields.price.value) : Number(chosen.dataset.price);
}

function showSum() {
  const all = priceEach() * Number(fields.quantity.value);
  sum.textContent = all >= 0 ? t("buy-total", pesos(all)) : "";
  form.querySelector("label.place").hidden = fields.pickup.value === "1";
}

function bodyOf() {
  const place = fields.place.value.trim();
  const fetches = fields.pickup.value === "1";
  const body = {
    product: fields.product.value.trim(),
    price: priceEach(),
    quantity: Number(fields.quantity.value),
    email: fields.email.value.trim(),
  };
  if (fetches) body.pickup = true;
  else if (place !== "") body.place = place;
  if (fields.lat.value !== "")
    Object.assign(body, { lat: Number(fields.lat.value), lon: Number(fields.lon.value) });
  return body;
}

/* The same order has the same key, however often it is sent. */
function keyOf(body) {
  const text = JSON.stringify(body);
  if (pending === null || pending.text !== text) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    keep({ key, text, done: false });
  }
  return pending.key;
}

/* What the server would refuse: it says so where the button for it is. */
function needPlace(body) {
  if (!shop.dispatch || body.lat !== undefined) return;
  where.querySelector("button").focus();
  throw new Error(t("buy-where-needed"));
}

async function order() {
  const body = bodyOf();
  needPlace(body);
  const key = keyOf(body);
  try {
    const placed = await post("/orders", body, { "Idempotency-Key": key });
    keep({ ...pending, done: true });
    location.assign(`/pedidos/${encodeURIComponent(placed.id)}#${placed.key}`);
    await new Promise((resolve) => setTimeout(resolve, 3000)); // the next page is on its way
  } catch (error) {
    if (DECIDED.includes(error.status)) keep(null);
    throw isAway(error) ? new Error(t("buy-unanswered")) : error;
  }
}

function showMap() {
  const [lat, lon] = [Number(fields.lat.value), Number(fields.lon.value)];
  const here = fields.lat.value === "" ? null : { lat, lon };
  const area = shop.area;
  map.element.hidden = here === null && area === null;
  map.show({ area, here });
}

function setPlace({ lat, lon }, text) {
  fields.lat.value = lat.toFixed(6);
  fields.lon.value = lon.toFixed(6);
  said.textContent = text;
  problem.textContent = "";
  showMap();
}

function setOnMap(place) {
  setPlace(place, t("buy-where-set"));
}

function locate() {
  const found = ({ coords }) =>
    setPlace(
      { lat: coords.latitude, lon: coords.longitude },
      t("buy-where-on", Math.round(coords.accuracy)),
    );
  const lost = (error) => {
    const denied = error && error.code === 1;
    said.textContent = `${t(denied ? "buy-where-denied" : "buy-where-off")} ${tapHint()}`;
  };
  said.textContent = t("buy-where-busy");
  if (!navigator.geolocation) lost(null);
  else
    navigator.geolocation.getCurrentPosition(found, lost, {
      enableHighAccuracy: true,
      timeout: LOCATE_MS,
    });
}

const tapHint = () => (map.element.hidden ? "" : t("buy-where-tap"));

function showShop() {
  const hours = shop.hours ? t("buy-closed-hours", shop.hours.from, shop.hours.to) : "";
  closed.textContent = shop.open ? "" : `${t("buy-closed")} ${hours}`.trim();
  showMap();
  if (fields.lat.value === "" && said.textContent === t("buy-where-lead"))
    said.textContent = `${t("buy-where-lead")} ${tapHint()}`;
}

/* Without an answer a buyer may still try: the order's own answer says what is wrong. */
async function renewShop() {
  try {
    shop = { ...ANY, ...(await get("/products")) };
    showShop();
  } catch (error) {
    // asked again soon
  }
}

/* What was sent before a reload and never answered. */
function restore() {
  if (pending !== null && pending.done) keep(null);
  if (pending === null) return;
  const body = JSON.parse(pending.text);
  for (const name of ["quantity", "email", "place", "lat", "lon", "price"])
    if (body[name] !== undefined && fields[name]) fields[name].value = body[name];
  fields.product.value = body.product;
  fields.pickup.value = body.pickup ? "1" : "";
  problem.textContent = t("buy-unanswered");
}

function begin() {
  const lead = document.querySelector(".lead");
  if (!closed.parentNode) lead.after(closed);
  if (!problem.parentNode) sum.after(problem);
  where.append(
    el("div.row", {}, el("button", { type: "button", onclick: locate }, t("buy-where")), said),
    map.element,
  );
  form.addEventListener("input", showSum);
  whenSent(form, problem, order);
  restore();
  showSum();
  showMap();
  renewShop();
  setInterval(() => document.hidden || renewShop(), RENEW_MS);
  // Who comes back finds the page as it was left, in the midst of sending.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) form.querySelector("button[type=submit]").disabled = false;
  });
}

begin();
