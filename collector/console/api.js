// The HTTP API with the token of this tab. The token is in no address and in no file of the page.
import { language, t } from "/console/words.js";

const BASE = "/api/v1";
const TOKEN = "carrito-token";
const PAGE = 1000;
const PERSONS = ["client", "email", "recipient", "rut", "user"]; // parameters of lists
const MOST = 20000; // rows of a list that is wanted whole
const DEADLINE_MS = 30000; // a network that is gone says nothing

let whenSignedOut = () => {};
let changing = false; // the session that is sent ends before the next one is here

/* What a call was refused with, in words for a person. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || t("problem-unknown", status));
    this.status = status;
    this.code = body.code || "";
    this.field = body.field || null;
  }
}

/* Nobody answered, or the server could not: the same may go well a moment later. */
export const isAway = (error) => error.status === 0 || error.status >= 500;

export function token() {
  return sessionStorage.getItem(TOKEN);
}

export function keepToken(value) {
  if (value === null) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, value);
}

export function onSignedOut(call) {
  whenSignedOut = call;
}

/* A 401 to the token `sent`: it has ended, here or elsewhere. False where it is ours no more, or
 * another is about to come in its place. */
export function signedOut(sent) {
  if (sent === null || sent !== token() || changing) return false;
  keepToken(null);
  whenSignedOut();
  return true;
}

/* The password is wrong: no word about the session. */
export const isBadLogin = (error) => error.code === "bad-login";

export function headers(more = {}) {
  const sent = { "Accept-Language": language === "en" ? "en" : "es-CL", ...more };
  if (token() !== null) sent.Authorization = `Bearer ${token()}`;
  return sent;
}

/* Who called it off gets his own word back; everything else is a server that is away. */
const nobody = (error, signal) =>
  signal && signal.aborted ? error : new Problem(0, { detail: t("problem-away"), code: "away" });

/* Ends with the caller's signal, or where it takes too long. */
function deadline(signal) {
  const abort = new AbortController();
  const end = () => abort.abort();
  const timer = setTimeout(end, DEADLINE_MS);
  if (signal) signal.addEventListener("abort", end);
  if (signal && signal.aborted) end();
  return {
    signal: abort.signal,
    over: () => {
      clearTimeout(timer);
      if (signal) signal.removeEventListener("abort", end);
    },
  };
}

/* The answer, and its body as `read` of it. */
async function ask(method, address, options = {}, read = (answer) => answer.text()) {
  const sent = token();
  const limit = deadline(options.signal);
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers: headers(
        options.body === undefined
          ? options.headers
          : { "Content-Type": "application/json", ...options.headers },
      ),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: limit.signal,
      cache: "no-store",
    });
    if (answer.ok || answer.status === 304) return await read(answer);
  } catch (error) {
    throw nobody(error, options.signal);
  } finally {
    limit.over();
  }
  let body = {};
  try {
    body = await answer.json();
  } catch {
    // an answer of something between us and the server
  }
  const problem = new Problem(answer.status, body);
  if (answer.status === 401 && !isBadLogin(problem)) signedOut(sent);
  throw problem;
}

/* What names a person stands in no address, since proxies log those: such a list is asked for in a
 * body. */
function looked(path) {
  const [list, search] = path.split("?");
  const parameters = Object.fromEntries(new URLSearchParams(search));
  if (!PERSONS.some((name) => name in parameters)) return { method: "GET", path };
  if (parameters.limit !== undefined) parameters.limit = Number(parameters.limit);
  return { method: "POST", path: `${list}/find`, body: parameters };
}

export async function get(path, signal, more = {}, read = (answer) => answer.json()) {
  const { method, path: way, body } = looked(path);
  return ask(method, BASE + way, { signal, headers: more, body }, read);
}

/* The guild's zone and days, and whose tiles: for whoever has signed in. */
export async function settings() {
  return ask("GET", "/console/config.json", {}, (answer) => answer.json());
}

export async function blob(path) {
  const { method, path: way, body } = looked(path);
  return ask(method, BASE + way, { body }, (answer) => answer.blob());
}

export async function send(method, path, body, more = {}) {
  const text = await ask(method, BASE + path, { body, headers: more });
  return text === "" ? null : JSON.parse(text);
}

export const post = (path, body, more) => send("POST", path, body, more);
export const remove = (path) => send("DELETE", path);

/* One's own password. All one's sessions end with the old one, that of this tab too; the answer is
 * the next. */
export async function changePassword(values) {
  changing = true;
  try {
    keepToken((await post("/me/password", values)).token);
  } finally {
    changing = false;
  }
}

/* A path with what it asks for; what is null or "" is not asked for. */
export function query(path, parameters) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== "") search.set(key, value);
  const text = search.toString();
  return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
}

/* A list over its pages, up to `most` rows, each page by `ask`; `next` is null where that is all of
 * it. */
export async function some(path, most, ask) {
  const items = [];
  let next = null;
  do {
    const limit = Math.min(PAGE, most - items.length);
    const page = await ask(query(path, { limit, cursor: next }));
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < most);
  return { items, next };
}

/* A whole list. */
export async function all(path) {
  return (await some(path, MOST, get)).items;
}

/* One segment of a path out of what somebody typed. */
export const part = encodeURIComponent;
