// An order as it goes. Read by fetch(), as an EventSource could not send the order's key but in the
// address. Where there is no stream (no key, no room, a browser that cannot read an answer in
// pieces) the order is asked for again and again. A page that nobody sees asks nothing.
import { get, headers, part } from "/console/api.js";

const POLL_MS = 3000;
const QUIET_MS = 40000; // the server says something every 15 s
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const UNKNOWN_MS = 10000; // an order that was just placed may not be known everywhere yet

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* The data of the events in a piece of a stream; `rest` is what has no end yet. */
function read(text) {
  const blocks = text.split("\n\n");
  const rest = blocks.pop();
  const orders = blocks
    .filter((block) => block.includes("event: order\n"))
    .map((block) => JSON.parse(block.slice(block.indexOf("data: ") + 6)));
  return { orders, rest };
}

/* Tells `told(order)` what becomes of an order until `isOver(order)`, `lost()` where nobody
 * answers, and `unknown()` where there is no such order. */
export function followOrder(id, key, { told, lost, unknown, isOver }) {
  const sent = key === "" ? {} : { "Order-Key": key };
  const began = Date.now();
  let abort = null;
  let wait = FIRST_WAIT_MS;
  let wake = () => {};
  let ended = false;
  let streams = key !== "";

  const take = (order) => {
    wait = FIRST_WAIT_MS;
    ended = isOver(order);
    told(order);
  };

  const quiet = () => setTimeout(() => abort.abort(), QUIET_MS);

  /* Until it is cut; true where it was one. */
  const stream = async () => {
    abort = new AbortController();
    let timer = quiet();
    try {
      const answer = await fetch(`/api/v1/orders/${part(id)}/stream`, {
        headers: headers({ Accept: "text/event-stream", ...sent }),
        signal: abort.signal,
        cache: "no-store",
      });
      if (answer.status === 403) streams = false; // another order's key
      if (!answer.ok || !answer.body || !answer.body.getReader) return false;
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      for (let rest = ""; !ended; ) {
        const { done, value } = await reader.read();
        clearTimeout(timer);
        timer = quiet();
        if (done) break;
        const found = read(rest + decoder.decode(value, { stream: true }));
        rest = found.rest;
        found.orders.forEach(take);
      }
      return true;
    } catch (error) {
      return false;
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  };

  const poll = async () => {
    try {
      take(await get(`/orders/${part(id)}`, undefined, sent));
    } catch (error) {
      if (error.status !== 404) lost();
      else if (Date.now() - began > UNKNOWN_MS) {
        ended = true;
        unknown();
      }
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  };

  const seen = () =>
    new Promise((resolve) => {
      if (!document.hidden) resolve();
      else wake = resolve;
    });

  const run = async () => {
    while (!ended) {
      await seen();
      const since = Date.now();
      const heard = streams && (await stream());
      if (ended) break;
      if (document.hidden || (heard && Date.now() - since > POLL_MS)) continue;
      await poll();
      if (!ended) await Promise.race([sleep(streams ? wait : Math.max(wait, POLL_MS)), woken()]);
    }
  };

  const woken = () =>
    new Promise((resolve) => {
      wake = resolve;
    });

  /* What a telephone does when it is put away and taken out, or finds its network again. */
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && abort !== null) abort.abort();
    else wake();
  });
  addEventListener("online", () => {
    wait = FIRST_WAIT_MS;
    wake();
  });
  addEventListener("offline", () => {
    if (abort !== null) abort.abort();
    lost();
  });
  run();
  return { again: take };
}
