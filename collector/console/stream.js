// What happens, as the server tells it. Read by fetch(), since an EventSource would need the token
// in its address. `state` is "live", "reconnecting" or "away" (for longer than AWAY_MS).
import { headers, signedOut } from "/console/api.js";

const QUIET_MS = 40000; // the server says something every 15 s
const AWAY_MS = 30000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

export class Stream {
  #listeners = new Map();
  #abort = null;
  #lastId = null;
  #wait = FIRST_WAIT_MS;
  #timer = null;
  #quiet = null;
  #lostAt = performance.now();
  #stopped = true;
  state = "reconnecting";
  lastHeard = Date.now();

  /* `name` is an event of the server, or "state". Returns what takes the listener away. */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  start() {
    this.#stopped = false;
    this.#lastId = null;
    this.#lostAt = performance.now();
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#quiet);
    this.#abort?.abort();
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
    this.#hear();
    try {
      const more = { Accept: "text/event-stream" };
      if (this.#lastId !== null) more["Last-Event-ID"] = this.#lastId;
      const answer = await fetch("/api/v1/stream",
        { headers: headers(more), signal: abort.signal, cache: "no-store" });
      if (answer.status === 401) {
        this.stop();
        signedOut("expired");
        return;
      }
      if (!answer.ok) throw new Error(`stream: ${answer.status}`);
      this.#wait = FIRST_WAIT_MS;
      this.#become("live");
      await this.#read(answer.body.getReader());
    } catch {
      // what ended it does not matter: it is tried again
    }
    clearTimeout(this.#quiet);
    if (!this.#stopped) this.#again();
  }

  #again() {
    if (this.state === "live") this.#lostAt = performance.now();
    this.#become(performance.now() - this.#lostAt > AWAY_MS ? "away" : "reconnecting");
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #hear() {
    this.lastHeard = Date.now();
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#abort?.abort(), QUIET_MS);
  }

  async #read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#hear();
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block) {
    let name = null;
    const data = [];
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
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
