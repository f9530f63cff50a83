/**
 * A box to sign in with finger, pen or mouse. The drawing goes up as a picture; the name can be typed instead.
 *
 *   <form data-upload-url="…"> <div data-signature="question"> … <input name="….typed"> </div>
 *
 * Nobody has to draw: whoever works with the keyboard, or without script, types the name.
 */
import { attachTo } from "./attach.js";
import { send } from "./upload-send.js";
import { text } from "./texts.js";

const WIDTH = 640;
const HEIGHT = 240;

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
    this.canvas = made("canvas", "signature__canvas");
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", text("signatureBox"));
    this.pen = this.canvas.getContext("2d");
    this.pen.lineWidth = 4;
    this.pen.lineCap = this.pen.lineJoin = "round";
    this.isDirty = false;
    this.build();
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.draw(event));
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
    this.place.append(made("p", "note", text("signatureHow")), this.canvas, buttons, this.status);
    this.place.hidden = Boolean(this.box.querySelector("[data-file]"));
    this.box.prepend(this.place);
  }

  /** Where the pointer is, in the picture's own pixels. */
  at(event) {
    const area = this.canvas.getBoundingClientRect();
    return [((event.clientX - area.left) * WIDTH) / area.width, ((event.clientY - area.top) * HEIGHT) / area.height];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.pen.beginPath();
    this.pen.moveTo(...this.at(event));
    this.pen.lineTo(...this.at(event));
    this.pen.stroke();
    this.isDirty = true;
  }

  draw(event) {
    if (!this.canvas.hasPointerCapture(event.pointerId)) return;
    for (const point of event.getCoalescedEvents?.() ?? [event]) this.pen.lineTo(...this.at(point));
    this.pen.stroke();
  }

  clear() {
    this.pen.clearRect(0, 0, WIDTH, HEIGHT);
    this.isDirty = false;
    this.status.textContent = text("signatureCleared");
  }

  async keep() {
    if (!this.isDirty) {
      this.status.textContent = text("signatureEmpty");
      return false;
    }
    this.status.textContent = text("signatureSending");
    const blob = await new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
    const old = this.box.querySelector("[data-file]");
    const job = send({
      url: this.form.dataset.uploadUrl,
      token: this.form.elements.csrfmiddlewaretoken.value,
      question: this.box.dataset.signature,
      file: new File([blob], text("signatureName"), { type: "image/png" }),
      replaces: old?.dataset.file,
    });
    try {
      const kept = await job.kept;
      this.isDirty = false;
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
    if (!this.isDirty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.keep().then((isKept) => isKept && this.form.requestSubmit(event.submitter));
  }
}

attachTo("[data-signature]", (box) => new Signature(box));
