// The frame: signing in, the ways between views, the state of the connection, and open alerts.
import { get, keepToken, onSignedOut, post, settings, token } from "/console/api.js";
import { AlertWatch } from "/console/alert_watch.js";
import { hush, mountWords, reopen, say } from "/console/dialog.js";
import { el, replace, svg } from "/console/dom.js";
import { clock, setGuild } from "/console/format.js";
import { Stream } from "/console/stream.js";
import { views } from "/console/views.js";
import { chooseLanguage, language, t, word } from "/console/words.js";

const groups = ["day", "guild", "system"];

const stream = new Stream();
const frame = el("div.frame");
const main = el("main", { id: "main", tabindex: -1 });
const status = el("div.link", { role: "status" });
const RETRY_MS = 2000;
const stale = el("p.stale", { role: "alert", hidden: true });
let me = null;
let watch = null;
let current = null;
let kept = null; // what was on the page when the session ended by itself
let opened = 0; // how often a view was opened, and the link looked after: only the last one counts
let linked = 0;

const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function mayOpen(view) {
  return view.roles.includes(me.role);
}

function home() {
  return me.role === "vendor" ? "desk" : "overview";
}

function navigation() {
  const list = (group) => views.filter((view) => view.group === group && mayOpen(view));
  return el(
    "nav.views",
    { "aria-label": t("app-views"), id: "views" },
    groups
      .filter((group) => list(group).length > 0)
      .map((group) => [
        el("h2", { id: `group-${group}` }, t(`group-${group}`)),
        el(
          "ul",
          { "aria-labelledby": `group-${group}` },
          list(group).map((view) =>
            el(
              "li",
              {},
              el(
                "a",
                { href: `#/${view.name}`, "data-view": view.name },
                svg("0 0 20 20", view.icon),
                el("span", {}, t(`view-${view.name}`)),
                view.name === "alerts" && watch.count,
              ),
            ),
          ),
        ),
      ]),
    languageButton(),
  );
}

function menuButton() {
  const button = el(
    "button.menu",
    {
      type: "button",
      "aria-expanded": "false",
      "aria-controls": "views",
      onclick: () => setMenu(button.getAttribute("aria-expanded") !== "true"),
    },
    t("app-menu"),
  );
  return button;
}

function setMenu(open) {
  frame.classList.toggle("menu-open", open);
  frame.querySelector("button.menu")?.setAttribute("aria-expanded", String(open));
}

/* Named in the language that it is for. */
function languageButton() {
  const other = language === "en" ? "es" : "en";
  return el(
    "button.language",
    { type: "button", lang: other, onclick: () => chooseLanguage(other) },
    t("app-other-language"),
  );
}

function header() {
  return el(
    "header.top",
    {},
    menuButton(),
    el(
      "a.brand",
      { href: `#/${home()}` },
      el("img", { src: "/console/icon.svg", alt: "", width: 24, height: 24 }),
      "carrito",
    ),
    status,
    me.role === "vendor" ? null : watch.soundButton,
    el(
      "div.who",
      {},
      el("span.who-name", {}, me.user),
      el("span.who-role", {}, word("role", me.role)),
    ),
    el("button", { type: "button", onclick: signOut }, t("app-signout")),
  );
}

function showLink() {
  const live = stream.state === "live";
  document.documentElement.dataset.link = stream.state;
  replace(status, el("span.dot", { "aria-hidden": "true" }), t(`live-${stream.state}`));
  stale.hidden = live;
  stale.textContent = live ? "" : t("live-stale", clock(new Date(stream.lastHeard)));
}

/* Everything that is shown, asked for again. Whether the server said it all. */
async function refresh() {
  return (await Promise.all([watch?.load(), current === null ? open() : current.renew()])).every(
    Boolean,
  );
}

/* After a break everything that is shown is asked for again, before it counts as live. */
async function linkChanged(state) {
  linked += 1;
  const mine = linked;
  if (state === "live")
    while (mine === linked && me !== null && !(await refresh())) await pause(RETRY_MS);
  if (mine === linked && me !== null) showLink();
}

function route() {
  const [path, search = ""] = location.hash.replace(/^#\//, "").split("?");
  const [name, ...rest] = path.split("/");
  const found =
    views.find((view) => view.name === name && mayOpen(view)) ??
    views.find((view) => view.name === home());
  return { found, rest, parameters: new URLSearchParams(search) };
}

/* Returns whether the view is there, with what the server says. */
async function open() {
  if (me === null) return true;
  opened += 1;
  const mine = opened;
  const { found, rest, parameters } = route();
  current?.leave();
  current = null;
  closeDialogs();
  hush();
  setMenu(false);
  const heading = el("h1", { tabindex: -1 }, t(`view-${found.name}`));
  const root = el("div.view", { class: `view view-${found.name}` });
  replace(main, heading, root);
  document.title = `${t(`view-${found.name}`)} · carrito`;
  for (const link of frame.querySelectorAll("nav a")) {
    if (link.dataset.view === found.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  let view = null;
  try {
    const { default: Shown } = await found.load();
    if (mine !== opened) return true;
    view = new Shown(root, { stream, me, parameters, path: rest });
    current = view;
    await view.mount?.();
  } catch (error) {
    view?.leave();
    if (mine !== opened) return true;
    current = null;
    console.error(error);
    say(t("problem-away"), "bad");
    setTimeout(() => mine === opened && open(), RETRY_MS);
    return false;
  }
  const whole = await view.renew();
  if (mine === opened) root.dataset.ready = "true";
  return whole;
}

function closeDialogs() {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
}

function navigated() {
  open();
  main.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

const ownTimes = (zone) => el("p.note", { role: "status" }, t("app-zone-unknown", zone));

/* The session ended by itself: the page is put aside as it is, with what was typed and asked, for
 * the same person to go on with. */
function putAside() {
  stream.stop();
  opened += 1;
  linked += 1;
  const dialogs = [...document.querySelectorAll("dialog")];
  kept = {
    me,
    dialogs,
    nodes: [...frame.childNodes],
    className: frame.className,
    hash: location.hash,
    focus: document.activeElement,
  };
  dialogs.forEach((dialog) => dialog.remove());
  me = null;
}

/* Whether the page was put back; it was another person's if not, and is gone. */
async function putBack() {
  const { me: before, dialogs, nodes, className, hash, focus } = kept;
  kept = null;
  if (me.user !== before.user || me.role !== before.role) {
    stop();
    return false;
  }
  replace(frame, ...nodes);
  frame.className = className;
  showLink();
  if (current === null || location.hash !== hash) await open();
  else {
    document.title = `${t(`view-${route().found.name}`)} · carrito`;
    reopen(dialogs);
    focus?.focus?.({ preventScroll: true });
    await current.renew();
  }
  return true;
}

async function listen() {
  if (me.role === "vendor") vendorLink();
  else {
    stream.start();
    await watch.load();
  }
}

async function start() {
  me = await get("/me");
  const someone = me;
  if (kept !== null && (await putBack())) {
    await listen();
    return;
  }
  me = someone;
  if (me.role === "tracker") {
    keepToken(null);
    me = null;
    signIn(t("sign-tracker"));
    return;
  }
  const unknownZone = setGuild(await settings());
  watch?.leave();
  watch = new AlertWatch(stream);
  replace(
    frame,
    el(
      "a.skip",
      {
        href: "#main",
        onclick: (event) => {
          event.preventDefault();
          main.focus();
        },
      },
      t("app-skip"),
    ),
    header(),
    navigation(),
    el("div.content", {}, stale, watch.strip, unknownZone && ownTimes(unknownZone), main),
  );
  frame.className = "frame signed-in";
  showLink();
  await open();
  await listen();
}

/* A vendor has no stream: their view asks by itself. */
function vendorLink() {
  status.hidden = true;
  stale.hidden = true;
  document.documentElement.dataset.link = "live";
}

function stop() {
  stream.stop();
  opened += 1;
  linked += 1;
  watch?.leave();
  watch = null;
  current?.leave();
  current = null;
  me = null;
}

async function signOut() {
  try {
    await post("/logout");
  } catch {
    // the token ends by itself
  }
  keepToken(null);
  stop();
  signIn(t("sign-out"));
}

function signIn(note = "", name = "") {
  const problem = el("p.problem", { role: "alert" });
  const user = el("input", {
    name: "user",
    value: name,
    required: true,
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: "false",
  });
  const password = el("input", {
    name: "password",
    type: "password",
    required: true,
    autocomplete: "current-password",
  });
  const button = el("button.primary", { type: "submit" }, t("sign-in"));
  const form = el(
    "form.stack",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        problem.textContent = "";
        button.disabled = true;
        try {
          keepToken((await post("/login", { user: user.value, password: password.value })).token);
          await start();
        } catch (error) {
          problem.textContent = error.message;
          password.value = "";
          password.focus();
        } finally {
          button.disabled = false;
        }
      },
    },
    el("label", {}, t("user-name"), user),
    el("label", {}, t("sign-password"), password),
    problem,
    button,
  );
  document.title = t("app-title");
  document.documentElement.dataset.link = "none";
  frame.className = "frame signed-out";
  replace(
    frame,
    el(
      "main.sign",
      { id: "main" },
      el("img", { src: "/console/icon.svg", alt: "", width: 56, height: 56 }),
      el("h1", {}, "carrito"),
      el("p.lead", {}, t("sign-lead")),
      note && el("p.note", { role: "status" }, note),
      form,
      languageButton(),
    ),
  );
  user.focus();
  user.select();
}

function run() {
  document.documentElement.lang = language;
  document.body.append(frame);
  mountWords(document.body);
  addEventListener("hashchange", navigated);
  stream.on("state", linkChanged);
  stream.on("reset", () => linkChanged(stream.state));
  addEventListener("visibilitychange", () => {
    if (!document.hidden) current?.renew();
  });
  onSignedOut(() => {
    if (me !== null) putAside();
    signIn(t("sign-expired"), kept?.me.user);
  });
  if (token() === null) signIn();
  else
    start().catch((error) => {
      if (error.status === 401) return;
      signIn(error.message);
      say(error.message, "bad");
      retry();
    });
}

/* The server was away when the page was loaded: the token is still good when it comes back. */
function retry() {
  setTimeout(() => {
    if (me === null && token() !== null) start().then(hush, retry);
  }, RETRY_MS);
}

run();
