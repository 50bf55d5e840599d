// What every view is given: the API's words, events that end with the view, and lists that renew
// themselves.
import { blob, isAway, query, some, token } from "/console/api.js";
import { el, replace, throttle } from "/console/dom.js";
import { attempt, hush, say, show } from "/console/dialog.js";
import { field, form } from "/console/form.js";
import { Known } from "/console/known.js";
import { isBefore } from "/console/stream.js";
import { t } from "/console/words.js";

export { field, form };

const RETRY_MS = 3000;
const LONGEST_MS = 15000; // between two looks at what nothing tells of, while nothing changes
const MOST = 20000; // rows of a list that is wanted whole
const LATE_MS = 10000; // after an event, where the server does not say that the store has it

export class View {
  #ends = [];
  #abort = new AbortController();
  #loading = Promise.resolve(true);
  #next = null;
  #failed = false;
  #retry = null;
  #known = new Known();
  #wanted = new Map(); // rows of a long list, by its path

  constructor(root, { stream, me, parameters, path }) {
    this.root = root;
    this.stream = stream;
    this.me = me;
    this.parameters = parameters;
    this.path = path;
  }

  get acts() {
    return this.me.role === "operator" || this.me.role === "admin";
  }

  get signal() {
    return this.#abort.signal;
  }

  on(name, listener) {
    this.#ends.push(this.stream.on(name, listener));
  }

  /* Returns what loads again soon, at most once in `ms`; and once more when the store has what was
   * said, as the stream is fed by Kafka and is ahead of it. */
  soon(ms, call = () => this.renew()) {
    const throttled = throttle(ms, call);
    let awaited = null;
    let late = null;
    const load = () => {
      clearTimeout(late);
      awaited = null;
      throttled();
    };
    this.on("stored", ({ id }) => {
      if (awaited !== null && !isBefore(id, awaited)) load();
    });
    this.#ends.push(throttled.cancel, () => clearTimeout(late));
    return () => {
      throttled();
      clearTimeout(late);
      awaited = this.stream.lastId;
      late = setTimeout(load, LATE_MS);
    };
  }

  renewOn(names, ms = 500) {
    const soon = this.soon(ms);
    for (const name of names) this.on(name, soon);
  }

  every(ms, call) {
    const timer = setInterval(() => {
      if (!document.hidden && this.stream.state === "live") call();
    }, ms);
    this.#ends.push(() => clearInterval(timer));
  }

  /* Loads again each `ms` what no event tells of; while the server says that nothing has changed,
   * less and less often. A tab that nobody sees asks nothing. */
  look(ms) {
    let pause = ms;
    let timer = null;
    const wait = () => {
      timer = setTimeout(async () => {
        if (!document.hidden && this.stream.state === "live") {
          const before = this.#known.fresh;
          await this.renew();
          pause = this.#known.fresh > before ? ms : Math.min(2 * pause, LONGEST_MS);
        }
        if (!this.signal.aborted) wait();
      }, pause);
    };
    const soon = () => {
      clearTimeout(timer);
      pause = ms;
      wait();
    };
    wait();
    document.addEventListener("visibilitychange", soon);
    this.whenLeft(() => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", soon);
    });
  }

  /* What is chosen stands in the address: a link, a reload and a new sign-in show the same. The
   * usual value stands for itself. */
  keep(name, value, usual = "") {
    if (value === usual || value === null) this.parameters.delete(name);
    else this.parameters.set(name, value);
    const search = this.parameters.toString();
    const path = location.hash.split("?")[0];
    history.replaceState(null, "", search === "" ? path : `${path}?${search}`);
  }

  /* What was kept; the usual value where that is none of `choices`. */
  kept(name, usual = "", choices = null) {
    const value = this.parameters.get(name);
    return value === null || (choices !== null && !choices.includes(value)) ? usual : value;
  }

  whenLeft(call) {
    this.#ends.push(call);
  }

  /* Views put what they do here. */
  async load() {}

  /* One load at a time; one that is asked for meanwhile follows. Resolves when what is shown is no
   * older than the call: with false where the server did not say; that is tried again. */
  renew() {
    this.#next ??= this.#loading.then(() => {
      this.#next = null;
      this.#loading = this.#try();
      return this.#loading;
    });
    return this.#next;
  }

  async #try() {
    clearTimeout(this.#retry);
    try {
      if (!this.signal.aborted && token() !== null) await this.load();
      if (this.#failed) hush();
      this.#failed = false;
      return true;
    } catch (error) {
      if (error.name === "AbortError" || error.status === 401 || this.signal.aborted) return true;
      say(error.message, "bad");
      this.#failed = true;
      if (!isAway(error)) return true;
      this.#retry = setTimeout(() => this.renew(), RETRY_MS);
      return false;
    }
  }

  leave() {
    this.#abort.abort();
    clearTimeout(this.#retry);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  get(path) {
    return this.#known.get(path, this.signal);
  }

  async all(path) {
    return (await some(path, MOST, (page) => this.get(page))).items;
  }

  /* The first rows of a long list, and `more`, which shows as many again; null where they are
   * all. */
  async some(path, first) {
    const most = this.#wanted.get(path) ?? first;
    const { items, next } = await some(path, most, (page) => this.get(page));
    const more = () => {
      this.#wanted.set(path, most + first);
      return this.renew();
    };
    return { items, more: next === null ? null : more };
  }

  async fill(table, path, first) {
    const { items, more } = await this.some(path, first);
    table.rows = items;
    table.more = more;
  }

  /* An act, then the list as it is now. */
  async act(call, done) {
    await attempt(call, done);
    if (!this.signal.aborted) await this.renew();
  }

  /* Asks before an act that cannot be taken back. Where it is refused, the question stays with the
   * reason why and with what was typed. `words`: a label, where the person's reason is wanted. */
  ask(question, label, call, words = null) {
    const dialog = show(
      question,
      form(
        words === null ? [] : [field(words, "reason", { maxlength: 200 })],
        label,
        async ({ reason }) => {
          await call(reason?.trim() ?? "");
          dialog.close();
          say(t("app-done"));
          if (!this.signal.aborted) await this.renew();
        },
      ),
    );
    dialog.querySelector("input, button[type=submit]").focus();
  }

  set(...children) {
    replace(this.root, ...children);
  }
}

export async function download(path, name) {
  const address = URL.createObjectURL(await blob(path));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/* Buttons that give the list as files. `path` is a function, as filters change. */
export function exports(path, name) {
  const button = (label, dialect, file) =>
    el(
      "button",
      {
        type: "button",
        onclick: () => attempt(() => download(query(path(), { format: "csv", dialect }), file())),
      },
      label,
    );
  return el(
    "div.row.exports",
    {},
    button(t("app-csv"), null, () => `${name()}.csv`),
    button(t("app-excel"), "excel-es", () => `${name()}-excel.csv`),
  );
}

/* A labelled <select>. `choices`: [value, words] pairs. */
export function choice(label, choices, value, onchange) {
  const select = el(
    "select",
    { onchange: () => onchange(select.value) },
    choices.map(([key, words]) => el("option", { value: key, selected: key === value }, words)),
  );
  return el("label.inline", {}, el("span", {}, label), select);
}
