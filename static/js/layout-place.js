/**
 * A place on the paper is drawn with finger or mouse instead of typed: a drag makes it, a tap moves it. What is
 * typed shows at once. Half millimetres; the boxes of the form stay what is sent.
 *
 *   <svg data-layout-place="1" viewBox="0 0 210 297"> … <rect data-layout-picked></svg>
 *   <form data-layout-form> … <input name="x"> y, width, height, page </form>
 */
const paper = document.querySelector("[data-layout-place]");
const picked = paper?.querySelector("[data-layout-picked]");
const form = document.querySelector("[data-layout-form]");
const NAMES = ["x", "y", "width", "height"];
const LEAST = 2;
let start = null;

const half = (value) => Math.round(value * 2) / 2;

function point(event) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(paper.getScreenCTM().inverse());
  const { width, height } = paper.viewBox.baseVal;
  return { x: Math.min(Math.max(place.x, 0), width), y: Math.min(Math.max(place.y, 0), height) };
}

function show(values) {
  for (const [name, value] of Object.entries(values)) picked.setAttribute(name, value);
}

function fill(values) {
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  form.elements.page.value = paper.dataset.layoutPlace;
}

function drawn(event) {
  const end = point(event);
  const width = half(Math.abs(end.x - start.x));
  const height = half(Math.abs(end.y - start.y));
  if (width < LEAST || height < LEAST) return { x: half(start.x), y: half(start.y) };
  return { x: half(Math.min(start.x, end.x)), y: half(Math.min(start.y, end.y)), width, height };
}

function typed() {
  const values = NAMES.map((name) => [name, Number.parseFloat(form.elements[name].value)]);
  show(Object.fromEntries(values.filter(([, value]) => Number.isFinite(value) && value >= 0)));
}

if (picked && form) {
  paper.classList.add("paper--picks");
  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = point(event);
    paper.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  paper.addEventListener("pointermove", (event) => {
    if (start) show(drawn(event));
  });
  paper.addEventListener("pointerup", (event) => {
    if (!start) return;
    const values = drawn(event);
    start = null;
    show(values);
    fill(values);
  });
  paper.addEventListener("pointercancel", () => {
    start = null;
    typed();
  });
  form.addEventListener("input", typed);
}
