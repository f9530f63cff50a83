/**
 * Saves the questions of a visit while somebody types. Without a network they are kept on the tablet, encrypted, and
 * sent once when it is back (visit-keep.js).
 *
 *   <form data-typing-url="/api/ui/visits/…/typing/missing/">
 *     <input type="hidden" name="revision" value="7"> <input type="hidden" name="request_key" value="…">
 *     <p class="save-state" role="status" data-typing-state></p>
 *
 * `request_key` is this opening of the page, `number` counts what it sends: the server does nothing twice, and knows
 * what is this page's own. Every other form of the page follows the revision.
 */
import { fieldsOf, wordsOf } from "./form-words.js";
import { untilBack } from "./network.js";
import { text } from "./texts.js";
import { keep } from "./visit-keep.js";
import { freshenPages } from "./visit-pages.js";

const PAUSE = 1500;
const LEFT_BOX = 300;
const OWN = new Set(["revision", "seen", "action"]);

class Typing {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.typingUrl;
    this.id = `${keep.visit} ${form.elements.request_key.value}`;
    this.state = form.querySelector("[data-typing-state]");
    this.number = 0;
    this.ready = this.now().then(({ body }) => (this.saved = this.tried = body));
    form.addEventListener("input", () => this.later(PAUSE));
    form.addEventListener("change", () => this.later(LEFT_BOX));
    form.addEventListener("visit:held", () => this.later(0));
    // the page leaves with its button, which saves it
    form.addEventListener("visit:leaving", () => {
      this.isStopped = true;
      clearTimeout(this.timer);
    });
  }

  /** What stands in the form now; files are looked at at the desk, and never typed. */
  async now() {
    const fields = (await fieldsOf(this.form)).filter(([, value]) => typeof value === "string");
    return { fields, body: JSON.stringify(fields.filter(([name]) => !OWN.has(name))) };
  }

  later(wait) {
    clearTimeout(this.timer);
    if (!this.isStopped && !keep.isOver) this.timer = setTimeout(() => this.save(), wait);
  }

  async save() {
    await this.ready;
    const { fields, body } = await this.now();
    if (this.isStopped || keep.isOver || body === this.saved) return;
    if (this.isBusy) {
      // what is typed while it waits for the network is kept too
      if (keep.isOffline) await this.hold(this.item(fields, body));
      else this.later(PAUSE);
      return;
    }
    this.isBusy = true;
    await this.send(this.item(fields, body), body);
    this.isBusy = false;
    this.later(0);
  }

  item(fields, body) {
    if (body !== this.tried) this.number += 1;
    this.tried = body;
    const all = [...fields, ["number", String(this.number)]];
    return { kind: "typing", url: this.url, fields: all, words: wordsOf(this.form) };
  }

  hold(item) {
    return keep.put(this.id, item);
  }

  async send(item, body) {
    this.tell("saving", "fine");
    const answer = await keep.deliver(item);
    if (answer.state === "sent") return this.heard(answer, body);
    if (this.isStopped) return;
    await this.hold(item);
    if (answer.state === "lost") {
      this.tell("");
      await untilBack(keep.reach);
      return;
    }
    this.isStopped = true;
    keep.isOffline = false;
    if (answer.state === "signedOut") keep.say("keepSignedOut");
    else keep.say("keepRefused", "problem", `${answer.said} ${text("keepConflict")}`);
    this.tell("");
  }

  async heard({ revision, saved_at: at }, body) {
    this.saved = body;
    if (this.isStopped) return;
    for (const one of document.querySelectorAll("input[name=revision]")) one.value = revision;
    const time = new Date(at).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });
    this.tell("saved", "fine", text("keepSaved", { time }));
    document.dispatchEvent(new Event("session:touched"));
    if (keep.isOffline) {
      await keep.sent(this.id);
      keep.say("keepBack", "fine");
      await freshenPages();
    }
  }

  tell(name, tone = "problem", words = "") {
    if (!this.state) return;
    this.state.textContent = words || text(name);
    this.state.dataset.state = tone;
  }
}

if (keep) document.querySelectorAll("form[data-typing-url]").forEach((form) => new Typing(form));
