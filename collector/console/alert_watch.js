// Open alerts, in every view: how many wait to be acknowledged, the latest in words, and a tone.
import { all, isAway } from "/console/api.js";
import { announce } from "/console/dialog.js";
import { el, replace } from "/console/dom.js";
import { language, t, word } from "/console/words.js";

const SOUND = "carrito-sound";
const rank = { CRITICAL: 3, MAJOR: 2, MINOR: 1, WARNING: 0 };
const tones = { CRITICAL: [880, 660, 880], MAJOR: [660, 880], MINOR: [660], WARNING: [] };

export const isUnacked = (alert) => alert.status === "ACTIVE_UNACK";
export const isOpen = (alert) => alert.status.startsWith("ACTIVE");
export const weight = (alert) => rank[alert.severity] ?? 0;

/* What an alert says in one line. */
export function alertWords(alert) {
  return `${word("kind", alert.kind)}: ${alert.details}`;
}

/* Browsers give sound once the person has touched the page. */
class Tone {
  #context = null;

  constructor() {
    const wake = () => {
      if (this.#context === null && "AudioContext" in window) this.#context = new AudioContext();
      this.#context?.resume();
    };
    addEventListener("pointerdown", wake, { capture: true });
    addEventListener("keydown", wake, { capture: true });
  }

  get on() {
    return localStorage.getItem(SOUND) !== "off";
  }

  set on(value) {
    localStorage.setItem(SOUND, value ? "on" : "off");
  }

  play(severity) {
    if (!this.on || this.#context?.state !== "running") return;
    (tones[severity] ?? []).forEach((frequency, index) => this.#beep(frequency, index * 0.18));
  }

  #beep(frequency, delay) {
    const at = this.#context.currentTime + delay;
    const voice = this.#context.createOscillator();
    const volume = this.#context.createGain();
    voice.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.15, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.16);
    voice.connect(volume).connect(this.#context.destination);
    voice.start(at);
    voice.stop(at + 0.17);
  }
}

const tone = new Tone();

export class AlertWatch {
  #alerts = new Map(); // those that are active and nobody has acknowledged
  #end;
  count = el("span.count", { hidden: true });
  strip = el("a.strip", { href: "#/alerts", hidden: true });
  soundButton = el("button.sound", { type: "button", onclick: () => this.#toggle() });

  constructor(stream) {
    this.#end = stream.on("alert", (alert) => this.#take(alert));
    this.#showSound();
  }

  leave() {
    this.#end();
  }

  /* Returns whether the server said what there is. */
  async load() {
    try {
      const alerts = await all("/alerts?status=ACTIVE_UNACK");
      this.#alerts = new Map(alerts.map((alert) => [alert.id, alert]));
      this.#show();
      return true;
    } catch (error) {
      return !isAway(error);
    }
  }

  #take(told) {
    const alert = { ...told, details: told[`details_${language}`] ?? told.details };
    const isNew = isUnacked(alert) && !this.#alerts.has(alert.id);
    if (isUnacked(alert)) this.#alerts.set(alert.id, alert);
    else this.#alerts.delete(alert.id);
    this.#show();
    if (!isNew) return;
    announce(t("alert-new", alertWords(alert)));
    tone.play(alert.severity);
  }

  #show() {
    const count = this.#alerts.size;
    this.count.hidden = count === 0;
    replace(this.count, String(count), el("span.unseen", {}, ` ${t("alert-unacked", "").trim()}`));
    const worst = [...this.#alerts.values()].sort(
      (a, b) => weight(b) - weight(a) || String(b.started).localeCompare(String(a.started)),
    )[0];
    this.strip.hidden = worst === undefined;
    if (worst === undefined) return;
    this.strip.className = `strip ${worst.severity.toLowerCase()}`;
    replace(
      this.strip,
      el("strong", {}, word("severity", worst.severity)),
      el("span.strip-text", {}, alertWords(worst)),
      el("span.strip-count", {}, t("alert-unacked", count)),
    );
  }

  #toggle() {
    tone.on = !tone.on;
    this.#showSound();
    if (tone.on) tone.play("MINOR");
  }

  #showSound() {
    this.soundButton.setAttribute("aria-pressed", String(tone.on));
    replace(
      this.soundButton,
      el("span", { "aria-hidden": "true" }, tone.on ? "♪" : "∅"),
      el("span.sound-words", {}, ` ${t("alert-sound")}`),
    );
    this.soundButton.title = t(tone.on ? "alert-sound-on" : "alert-sound-off");
  }
}
