// What happens, as the server tells it. Read by fetch(), since an EventSource would need the token
// in its address. `state` is "live", "reconnecting" or "away" (for longer than AWAY_MS).
//
// By HTTP/1.1 a browser has six connections to us for all its tabs: a stream in each would leave
// none for what a person does. So a tab that nobody sees rests as soon as another one has a stream,
// and listens again when it is seen. Where the last one that listens closes, one that rests takes
// over: alerts are heard in tabs that nobody sees, too.
import { headers, signedOut, token } from "/console/api.js";

const QUIET_MS = 40000; // the server says something every 15 s
const AWAY_MS = 30000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const LATE_MS = 5000;
const HIDING_MS = 2000; // a tab is seen before the other knows that it is not any more
const HEIRS_MS = 2000; // among those that rest one is first

/* Ids are NAME-NUMBER; another name is another server's count, or the same one's after a
 * restart. */
export function isBefore(id, other) {
  const [name, number] = id.split("-");
  const [otherName, otherNumber] = other.split("-");
  return name === otherName && Number(number) < Number(otherNumber);
}

export class Stream {
  #listeners = new Map();
  #abort = null;
  #lastId = null;
  #wait = FIRST_WAIT_MS;
  #timer = null;
  #quiet = null;
  #offset = Infinity; // between the clocks here and there, and the fastest way from there to here
  #lostAt = performance.now();
  #stopped = true;
  #resting = false;
  #tabs = "BroadcastChannel" in window ? new BroadcastChannel("carrito-stream") : null;
  #otherAt = -HIDING_MS; // when another tab began to listen
  #heir = null;
  state = "reconnecting";
  lastHeard = Date.now();

  constructor() {
    this.#tabs?.addEventListener("message", ({ data }) => this.#told(data));
    document.addEventListener("visibilitychange", () => this.#seen());
    addEventListener("pagehide", () => this.#leave());
  }

  #told(word) {
    clearTimeout(this.#heir);
    if (word === "gone") {
      this.#heir = setTimeout(() => this.#wake(), Math.random() * HEIRS_MS);
      return;
    }
    this.#otherAt = performance.now();
    if (document.hidden) this.#rest();
  }

  #seen() {
    if (!document.hidden) this.#wake();
    else if (performance.now() - this.#otherAt < HIDING_MS) this.#rest();
  }

  #rest() {
    if (this.#stopped || this.#resting) return;
    this.#resting = true;
    this.#cut();
    this.#become("reconnecting");
  }

  #wake() {
    if (this.#stopped || !this.#resting) return;
    this.#resting = false;
    this.#wait = FIRST_WAIT_MS;
    this.#lostAt = performance.now();
    this.#connect();
  }

  #leave() {
    if (!this.#stopped && !this.#resting) this.#tabs?.postMessage("gone");
  }

  #cut() {
    clearTimeout(this.#timer);
    clearTimeout(this.#quiet);
    const abort = this.#abort;
    this.#abort = null;
    abort?.abort();
  }

  /* `name` is an event of the server, or "state". Returns what takes the listener away. */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  /* Of the newest event. */
  get lastId() {
    return this.#lastId;
  }

  start() {
    this.#stopped = false;
    this.#resting = false;
    this.#lastId = null;
    this.#lostAt = performance.now();
    this.#connect();
  }

  stop() {
    this.#leave();
    this.#stopped = true;
    this.#cut();
    this.state = "reconnecting"; // what happens from now on is not heard
  }

  #tell(name, data) {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(data);
      } catch (error) {
        console.error(error);
      }
    }
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#tell("state", state);
  }

  async #connect() {
    const abort = new AbortController();
    this.#abort = abort;
    this.#offset = Infinity;
    this.#tabs?.postMessage("here");
    this.#listen();
    const sent = token();
    try {
      const more = { Accept: "text/event-stream" };
      if (this.#lastId !== null) more["Last-Event-ID"] = this.#lastId;
      const answer = await fetch("/api/v1/stream", {
        headers: headers(more),
        signal: abort.signal,
        cache: "no-store",
      });
      if (answer.status === 401 && signedOut(sent)) return;
      if (!answer.ok) throw new Error(`stream: ${answer.status}`);
      this.#wait = FIRST_WAIT_MS;
      this.#become("live");
      await this.#read(answer.body.getReader());
    } catch {
      abort.abort(); // what ended it does not matter: it is tried again
    }
    if (this.#stopped || abort !== this.#abort) return;
    clearTimeout(this.#quiet);
    this.#again();
  }

  #again() {
    if (this.state === "live") this.#lostAt = performance.now();
    this.#become(performance.now() - this.#lostAt > AWAY_MS ? "away" : "reconnecting");
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #listen() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#abort?.abort(), QUIET_MS);
  }

  async #read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.lastHeard = Date.now();
      this.#listen();
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#take(block);
    }
  }

  /* What waits on a slow way grows older there: it is given up, and all is asked for anew. */
  #date(sent) {
    const away = Date.now() - sent;
    this.#offset = Math.min(this.#offset, away);
    if (away - this.#offset < LATE_MS) return;
    this.#lastId = null;
    throw new Error("stream: late");
  }

  #take(block) {
    let name = null;
    const data = [];
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon === 0 && line.length > 2) this.#date(Number(line.slice(1)));
      if (colon <= 0) continue;
      const field = line.slice(0, colon);
      const value = line.slice(colon + 1).replace(/^ /, "");
      if (field === "id") this.#lastId = value;
      else if (field === "event") name = value;
      else if (field === "data") data.push(value);
    }
    if (name !== null && data.length > 0) this.#tell(name, JSON.parse(data.join("\n")));
  }
}
