/**
 * The big box of the tablet turned round: what is drawn goes with the page, in its file control.
 *
 *   <form data-visit-sign> <div data-sign-place></div> <input type="file" name="drawing" hidden>
 *     <button type="button" data-sign-clear hidden> <p role="status" data-sign-status></p> </form>
 *   <button form="…" name="action" value="sign">
 *
 * Without script there is no box; the page offers to sign on paper.
 */
import { attachTo } from "./attach.js";
import { SignaturePad } from "./signature-pad.js";
import { text } from "./texts.js";

class VisitSignature {
  constructor(form) {
    this.form = form;
    this.pad = new SignaturePad(text("signBox"), { width: 960, height: 300 });
    this.status = form.querySelector("[data-sign-status]");
    form.querySelector("[data-sign-place]").append(this.pad.canvas);
    const clear = form.querySelector("[data-sign-clear]");
    clear.hidden = false;
    clear.addEventListener("click", () => this.clear());
    this.pad.canvas.addEventListener("pointerdown", () => (this.status.textContent = ""));
    form.addEventListener("submit", (event) => this.hold(event), { capture: true });
  }

  clear() {
    this.pad.clear();
    this.status.textContent = text("signCleared");
  }

  /** The drawing is put into the page before it goes. */
  hold(event) {
    if (event.submitter?.value !== "sign" || this.isFilled) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!this.pad.isDirty) {
      this.status.textContent = text("signEmpty");
      return;
    }
    this.fill().then(() => this.form.requestSubmit(event.submitter));
  }

  async fill() {
    const held = new DataTransfer();
    held.items.add(await this.pad.file("signature.png"));
    this.form.elements.drawing.files = held.files;
    this.isFilled = true;
  }
}

attachTo("form[data-visit-sign]", (form) => new VisitSignature(form));
