/**
 * Fields can also be dragged, by those who like to; every move has its buttons.
 *
 *   <form data-designer-drag> <input name="revision"> … <li data-drag data-path="q3"> …
 */
const form = document.querySelector("[data-designer-drag]");
let dragged = null;

function send(path, before) {
  for (const [name, value] of [["action", `drop:${path}`], ["before", before]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  form.requestSubmit();
}

function target(event) {
  const item = event.target.closest?.("[data-drag]");
  return dragged && item && item !== dragged ? item : null;
}

function mark(item) {
  form.querySelectorAll(".design__field--over").forEach((one) => one.classList.remove("design__field--over"));
  item?.classList.add("design__field--over");
}

if (form) {
  form.querySelectorAll("[data-drag]").forEach((item) => item.setAttribute("draggable", "true"));
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-drag]") ?? null;
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.path);
  });
  form.addEventListener("dragover", (event) => {
    const item = target(event);
    if (item) event.preventDefault();
    mark(item);
  });
  form.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
  form.addEventListener("drop", (event) => {
    const item = target(event);
    if (!item) return;
    event.preventDefault();
    send(dragged.dataset.path, item.dataset.path);
  });
}
