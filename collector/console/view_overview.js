// The map with the carts, the list that says the same, and one cart in detail.
import { part, post, settings } from "/console/api.js";
import { attempt, say, show } from "/console/dialog.js";
import { el, replace, throttle } from "/console/dom.js";
import { ago, number, pesos, time, today } from "/console/format.js";
import { CartMap } from "/console/map.js";
import { cartMark, kindOf, kinds, stateMark } from "/console/shapes.js";
import { Table, act, definitions } from "/console/table.js";
import { choice, download, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const LISTED = 200;
const FRESH_MS = 3000;
const MANY = 1000;
const FRESH_MANY_MS = 20000;

/* A plate without what people put between its letters and its figures. */
const bare = (plate) => plate.replace(/[\s.·•–-]/g, "");

/* Lets the page draw between two things that take long with ten thousand carts. */
const pause = () => new Promise((done) => setTimeout(done));

export default class Overview extends View {
  #carts = new Map();
  #chosen = this.parameters.get("cart");
  #kind = this.kept("state", "", kinds);
  #search = this.kept("q").toUpperCase();
  #day = this.kept("day"); // whose way is shown; "": today's
  #follow = null;
  #hunted = false; // whether the trail of the chosen cart is on the map
  #soon;
  #loaded = 0;
  #today = el("div.figures");
  #unseen = this.#day !== ""; // the way of another day may lie elsewhere on the map
  #way = el("p.muted", { role: "status" }); // what is to say of the way that is shown
  #card = el("section.card", { "aria-live": "off" });
  #counts = el("p.muted");
  #table = new Table({
    caption: t("map-carts"),
    sortable: false,
    atOnce: LISTED,
    key: (cart) => cart.cart,
    empty: () => t(this.#carts.size === 0 ? "map-none" : "map-unmatched"),
    columns: [
      {
        key: "cart",
        label: t("cart"),
        show: (cart) =>
          el(
            "button.text",
            {
              type: "button",
              "aria-pressed": String(cart.cart === this.#chosen),
              onclick: () => this.#choose(cart.cart),
            },
            cart.cart,
          ),
      },
      { key: "state", label: t("cart-state"), show: cartMark },
      { key: "stock", label: t("cart-stock"), kind: "num", show: (cart) => number(cart.stock) },
      { key: "last_sale", label: t("cart-sale"), kind: "num", show: (cart) => ago(cart.last_sale) },
    ],
    rowClass: (cart) => (cart.cart === this.#chosen ? "chosen" : null),
  });

  async mount() {
    const element = el("div.map", { role: "group", "aria-label": t("map-label") });
    const search = el("input", {
      type: "search",
      value: this.#search,
      placeholder: t("app-search"),
      "aria-label": t("app-search"),
      oninput: () => {
        this.#search = search.value.trim().toUpperCase();
        this.keep("q", this.#search);
        this.#filter();
      },
    });
    this.set(
      this.#today,
      el(
        "div.overview",
        {},
        el(
          "div.map-side",
          {},
          element,
          el(
            "div.legend",
            { role: "group", "aria-label": t("map-legend") },
            kinds.map((kind) => stateMark(kind)),
            el("button.small", { type: "button", onclick: () => this.map.fit() }, t("map-fit")),
          ),
        ),
        el(
          "div.list-side",
          {},
          this.#card,
          el(
            "div.row",
            {},
            search,
            choice(
              t("cart-state"),
              [["", t("app-all")], ...kinds.map((kind) => [kind, word("state", kind)])],
              this.#kind,
              (kind) => {
                this.#kind = kind;
                this.keep("state", kind);
                this.#filter();
              },
            ),
          ),
          this.#counts,
          this.#table.element,
        ),
      ),
    );
    const { tiles } = await settings();
    this.map = new CartMap(element, this.#carts, {
      tiles,
      onChoose: (cart) => this.#choose(cart),
    });
    this.whenLeft(() => this.map.remove());
    this.#listen();
  }

  #listen() {
    const drawList = throttle(1000, () => this.#list());
    const drawFacts = throttle(1000, () => this.#facts());
    this.whenLeft(drawList.cancel);
    this.whenLeft(drawFacts.cancel);
    this.on("position", (positions) => {
      for (const position of positions) this.#moved(position);
      this.map.moved();
      drawFacts(); // the list does not say where a cart is
    });
    for (const name of ["reset", "state"])
      this.on(name, () => {
        this.#follow = null; // the way has a gap: the next load asks for all of it
      });
    this.on("sale", (sale) => {
      this.#heard(sale.cart, { last_sale: sale.time });
      drawList();
    });
    this.on("stock", (level) => {
      this.#heard(level.cart, { stock: level.stock });
      drawList();
    });
    this.on(
      "sale",
      this.soon(1000, () => this.#figures().catch(() => {})),
    );
    this.#soon = this.soon(1000);
    this.on("alert", (alert) => {
      if (alert.cart) this.#soon();
    });
    this.every(FRESH_MS, () => {
      // a cart that signs off, or is silent for its hours, is no event
      if (this.#carts.size <= MANY || performance.now() - this.#loaded > FRESH_MANY_MS)
        this.renew();
    });
  }

  #heard(name, change) {
    const cart = this.#carts.get(name);
    if (cart) Object.assign(cart, change);
    if (cart?.state !== "heard") this.#soon();
  }

  #moved({ cart: name, lat, lon, time: at }) {
    const cart = this.#carts.get(name);
    if (cart?.state !== "heard") this.#soon(); // new, or it is heard again
    if (!cart) return;
    if (cart.last_fix && at < cart.last_fix) return;
    Object.assign(cart, { lat, lon, last_fix: at });
    if (name === this.#chosen) this.#follow?.(lat, lon);
  }

  async load() {
    const [carts] = await Promise.all([this.all("/carts"), this.#figures()]);
    this.#carts.clear();
    for (const cart of carts) this.#carts.set(cart.cart, cart);
    this.#loaded = performance.now();
    this.#mark();
    await pause();
    if (this.signal.aborted) return;
    this.#list();
    await pause();
    if (this.signal.aborted) return;
    this.map.changed();
    if (!this.#follow || Boolean(this.#carts.get(this.#chosen)?.fugitive) !== this.#hunted)
      await this.#show();
  }

  async #figures() {
    const day = today();
    const { items } = await this.get(`/daily-sales?group=day&day=${day}`);
    const row = items[0] ?? { quantity: 0, amount: 0, sales: 0, clients: 0 };
    const figure = (label, value) =>
      el("div.figure", {}, el("span.label", {}, label), el("strong", {}, value));
    replace(
      this.#today,
      figure(t("day-quantity"), number(row.quantity)),
      figure(t("day-amount"), pesos(row.amount)),
      figure(t("view-sales"), number(row.sales)),
      figure(t("day-clients"), number(row.clients)),
    );
  }

  #mark() {
    for (const cart of this.#carts.values())
      cart.hidden =
        (this.#kind !== "" && kindOf(cart) !== this.#kind) ||
        !bare(cart.cart).includes(bare(this.#search));
    this.map?.moved();
  }

  #filter() {
    this.#mark();
    this.#list();
  }

  #list() {
    const order = { fugitive: 0, vanished: 1, silent: 2, absent: 3, heard: 4, offline: 5 };
    const shown = [...this.#carts.values()]
      .filter((cart) => !cart.hidden)
      .sort((a, b) => order[kindOf(a)] - order[kindOf(b)] || (a.cart < b.cart ? -1 : 1));
    this.#table.rows = shown;
    this.#counts.textContent = t(
      "map-shown",
      number(this.#table.drawn),
      number(this.#carts.size),
    );
    this.#facts();
  }

  async #choose(name) {
    this.#chosen = this.#chosen === name ? null : name;
    this.#follow = null;
    this.keep("cart", this.#chosen);
    this.#list();
    try {
      await this.#show();
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, "bad");
    }
  }

  /* The way of the cart that is chosen, and a fugitive's trail. */
  async #show() {
    const name = this.#chosen;
    const cart = this.#carts.get(name);
    this.map.clearLines();
    this.map.select(cart);
    if (this.#day === "") this.map.goTo(cart);
    this.#facts();
    this.#hunted = Boolean(cart?.fugitive);
    if (!cart) return;
    this.#follow = () => {};
    const chosen = this.#day;
    const day = chosen || today();
    const track = await this.get(`/carts/${part(name)}/track?from=${day}&to=${day}`);
    if (name !== this.#chosen || chosen !== this.#day) return;
    const lines = (found, kind) =>
      found.features
        .filter((one) => one.geometry?.type === "LineString")
        .filter((one) => chosen === "" || one.geometry.coordinates.length > 0)
        .map((one) =>
          this.map.line(
            one.geometry.coordinates.map(([lon, lat]) => [lat, lon]),
            kind,
          ),
        );
    const points = track.features.flatMap((one) => one.geometry?.coordinates ?? []);
    this.#way.textContent = points.length === 0 ? t("cart-way-none") : "";
    const [last] = lines(track, "track").slice(-1);
    if (chosen !== "" && this.#unseen) this.map.fitLines();
    this.#unseen = false;
    const follow = chosen === "" ? last : null; // what happens now is no part of another day
    let trail = null;
    if (cart.fugitive) {
      const evidence = await this.get(`/carts/${part(name)}/evidence`);
      if (name !== this.#chosen) return;
      trail = lines(evidence, "trail").slice(-1)[0];
    }
    this.#follow = (lat, lon) => {
      follow?.(lat, lon);
      trail?.(lat, lon);
    };
  }

  /* The way of another day; today's again where none is chosen. */
  #chooseDay(day) {
    this.#day = day === today() ? "" : day;
    this.keep("day", this.#day);
    this.#unseen = true;
    this.#follow = null;
    return this.renew();
  }

  #facts() {
    const cart = this.#carts.get(this.#chosen);
    if (!cart) {
      delete this.#card.dataset.key;
      replace(this.#card, el("p.muted", {}, t("cart-choose")));
      return;
    }
    const key = `${cart.cart}/${cart.fugitive}`;
    if (this.#card.dataset.key === key) {
      this.#card.querySelector("dl").replaceWith(this.#definitions(cart));
      return;
    }
    this.#card.dataset.key = key;
    replace(
      this.#card,
      el("h2", {}, cart.cart),
      this.#definitions(cart),
      el(
        "div.row",
        {},
        el(
          "label.inline",
          {},
          el("span", {}, t("cart-way")),
          el("input", {
            type: "date",
            max: today(),
            value: this.#day || today(),
            onchange: (event) => this.#chooseDay(event.target.value),
          }),
        ),
        this.#way,
        el("a.button", { href: `#/sales?cart=${part(cart.cart)}` }, t("cart-receipts")),
        this.acts &&
          act(t("cart-locate"), () =>
            attempt(
              () => post(`/carts/${part(cart.cart)}/commands`, { command: "locate" }),
              t("cart-located", cart.cart),
            ),
          ),
        this.acts &&
          act(t("cart-phone"), () => attempt(() => this.#phone(cart.cart), t("cart-phone-made"))),
        cart.fugitive &&
          el(
            "button",
            {
              type: "button",
              onclick: () =>
                attempt(() =>
                  download(`/carts/${part(cart.cart)}/evidence?format=csv`, `${cart.cart}.csv`),
                ),
            },
            t("cart-evidence"),
          ),
      ),
    );
  }

  /* OwnTracks' configuration as one tap on the phone, as a file, and as a text to be sent to it. */
  async #phone(cart) {
    const made = await post(`/carts/${part(cart)}/phones`, {
      name: new Date().toISOString().slice(0, 19),
    });
    const file = new Blob([JSON.stringify(made.configuration)], { type: "application/json" });
    const link = `owntracks:///config?inline=${part(btoa(await file.text()))}`;
    const address = URL.createObjectURL(file);
    show(
      t("cart-phone-of", cart),
      el("div", {}, el("p", {}, t("cart-phone-how")), el("p.token", { tabindex: 0 }, link)),
      [
        el("a.button", { href: link }, t("cart-phone-tap")),
        el("a.button", { href: address, download: `${cart}.otrc` }, t("cart-phone-file")),
      ],
    ).addEventListener("close", () => URL.revokeObjectURL(address));
  }

  #definitions(cart) {
    return definitions([
      [t("cart-state"), cartMark(cart)],
      ...(cart.closed ? [[t("cart-closed"), time(cart.closed)]] : []),
      [t("cart-heard"), time(cart.last_heard)],
      [t("cart-fix"), time(cart.last_fix)],
      [t("cart-sale"), time(cart.last_sale)],
      [t("cart-stock"), number(cart.stock)],
      [t("cart-waiting"), number(cart.waiting)],
      [t("cart-version"), cart.version],
    ]);
  }
}
