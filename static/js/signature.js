/**
 * A box to sign in with finger, pen or mouse. The drawing goes up as a picture; the name can be typed instead.
 *
 *   <form data-upload-url="…"> <div data-signature="question"> … <input name="….typed"> </div>
 *
 * Nobody has to draw: whoever works with the keyboard, or without script, types the name.
 */
import { attachTo } from "./attach.js";
import { SignaturePad } from "./signature-pad.js";
import { send } from "./upload-send.js";
import { text } from "./texts.js";

function made(tag, className, words = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}

class Signature {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.pad = new SignaturePad(text("signatureBox"));
    this.build();
    this.form.addEventListener("submit", (event) => this.hold(event), { capture: true });
  }

  build() {
    this.place = made("div", "signature__place");
    this.status = made("p", "note");
    this.status.setAttribute("role", "status");
    this.use = made("button", "button button--outline button--sm", text("signatureUse"));
    const clear = made("button", "button button--text button--sm", text("signatureClear"));
    this.use.type = clear.type = "button";
    this.use.addEventListener("click", () => this.keep());
    clear.addEventListener("click", () => this.clear());
    const buttons = made("div", "cluster");
    buttons.append(this.use, clear);
    this.place.append(made("p", "note", text("signatureHow")), this.pad.canvas, buttons, this.status);
    this.place.hidden = Boolean(this.box.querySelector("[data-file]"));
    this.box.prepend(this.place);
  }

  clear() {
    this.pad.clear();
    this.status.textContent = text("signatureCleared");
  }

  async keep() {
    if (!this.pad.isDirty) {
      this.status.textContent = text("signatureEmpty");
      return false;
    }
    this.status.textContent = text("signatureSending");
    const old = this.box.querySelector("[data-file]");
    const job = send({
      url: this.form.dataset.uploadUrl,
      token: this.form.elements.csrfmiddlewaretoken.value,
      question: this.box.dataset.signature,
      file: await this.pad.file(text("signatureName")),
      replaces: old?.dataset.file,
    });
    try {
      const kept = await job.kept;
      this.pad.isDirty = false;
      this.note(kept);
      return true;
    } catch (error) {
      this.status.textContent = error.message;
      return false;
    }
  }

  /** For conditions and for the next drawing: this picture is with the city. */
  note(kept) {
    this.box.querySelector("[data-file]")?.remove();
    const given = made("span", "visually-hidden");
    given.dataset.file = kept.id;
    this.box.append(given);
    this.status.textContent = text("signatureKept");
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** A drawing nobody pressed the button for goes up before the page does. */
  hold(event) {
    if (!this.pad.isDirty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.keep().then((isKept) => isKept && this.form.requestSubmit(event.submitter));
  }
}

attachTo("[data-signature]", (box) => new Signature(box));
