// What a view has already: the same question is sent with the answer's ETag, and answered by 304
// where nothing has changed. It is in no file, and gone with the view.
import { get } from "/console/api.js";

export class Known {
  #answers = new Map(); // by path
  fresh = 0; // answers that were new

  get(path, signal) {
    const had = this.#answers.get(path);
    const more = had === undefined ? {} : { "If-None-Match": had.tag };
    return get(path, signal, more, (answer) => this.#take(path, answer));
  }

  async #take(path, answer) {
    if (answer.status === 304) return this.#answers.get(path).body;
    const tag = answer.headers.get("ETag");
    const body = await answer.json();
    this.fresh += 1;
    if (tag === null) this.#answers.delete(path);
    else this.#answers.set(path, { tag, body });
    return body;
  }
}
