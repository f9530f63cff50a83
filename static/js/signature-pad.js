/**
 * A sheet to draw on with finger, pen or mouse. No words of its own.
 *
 *   const pad = new SignaturePad(label); place.append(pad.canvas);
 */
export const WIDTH = 640;
export const HEIGHT = 240;

export class SignaturePad {
  constructor(label, { width = WIDTH, height = HEIGHT } = {}) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "signature__canvas";
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.pen = this.canvas.getContext("2d");
    this.isDirty = false;
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.draw(event));
  }

  /** Where the pointer is, in the picture's own pixels. */
  at(event) {
    const area = this.canvas.getBoundingClientRect();
    const { width, height } = this.canvas;
    return [((event.clientX - area.left) * width) / area.width, ((event.clientY - area.top) * height) / area.height];
  }

  /** An empty sheet takes the shape it is shown in, so that nothing is drawn longer or flatter than it was written. */
  fit() {
    const area = this.canvas.getBoundingClientRect();
    const height = Math.round((this.canvas.width * area.height) / area.width);
    if (Math.abs(height - this.canvas.height) > 2) this.canvas.height = height;
    this.pen.lineWidth = 4;
    this.pen.lineCap = this.pen.lineJoin = "round";
  }

  begin(event) {
    event.preventDefault();
    if (!this.isDirty) this.fit();
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
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.isDirty = false;
  }

  /** The drawing as a picture with a name. */
  async file(name) {
    const blob = await new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
    return new File([blob], name, { type: "image/png" });
  }
}
