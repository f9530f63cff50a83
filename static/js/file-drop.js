/**
 * Lets people drop a file on the part of the page around its field. The field itself works without this.
 *
 *   <div data-drop> <input type="file"> <p data-drop-hint hidden> </div>
 *
 * `drop--over` is on the part while a file hangs over it.
 */
const OVER = "drop--over";

function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

function take(input, files) {
  const kept = new DataTransfer();
  // a field for one file takes the first
  for (const file of input.multiple ? files : [...files].slice(0, 1)) kept.items.add(file);
  input.files = kept.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
}

function attach(part) {
  const input = part.querySelector('input[type="file"]');
  const hint = part.querySelector("[data-drop-hint]");
  if (!input) return;
  if (hint && window.matchMedia("(hover: hover)").matches) hint.hidden = false;
  part.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    part.classList.add(OVER);
  });
  part.addEventListener("dragleave", (event) => {
    if (!part.contains(event.relatedTarget)) part.classList.remove(OVER);
  });
  part.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    part.classList.remove(OVER);
    take(input, event.dataTransfer.files);
  });
}

document.querySelectorAll("[data-drop]").forEach(attach);
