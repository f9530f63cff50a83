/**
 * Shows what was chosen in a file field, with sizes; lets people take one out again, and warns early
 * when something is too large or too many. The server checks everything itself.
 *
 *   <input type="file" multiple data-max-bytes="20971520" data-max-files="3">   (both limits optional)
 */
import { sizeOf } from "./file-size.js";
import { text } from "./texts.js";

function without(input, unwanted) {
  const kept = new DataTransfer();
  for (const file of input.files) if (file !== unwanted) kept.items.add(file);
  input.files = kept.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
}

function element(tag, className, content) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

function lineOf(input, file, most) {
  const line = element("li", "file-list__item", "");
  const words = element("span", "file-list__name", file.name);
  if (most && file.size > most) {
    words.append(" ", element("span", "file-list__warning", text("fileTooLarge", { most: sizeOf(most) })));
  } else if (file.size === 0) {
    words.append(" ", element("span", "file-list__warning", text("fileEmpty")));
  }
  const remove = element("button", "button button--text button--sm", text("fileRemove"));
  remove.type = "button";
  remove.setAttribute("aria-label", text("fileRemoveNamed", { name: file.name }));
  remove.addEventListener("click", () => without(input, file));
  line.append(words, element("span", "file-list__size", sizeOf(file.size)), remove);
  return line;
}

function attach(input) {
  const list = element("ul", "file-list", "");
  const status = element("p", "file-list__warning", "");
  const mostBytes = Number(input.dataset.maxBytes) || 0;
  const mostFiles = Number(input.dataset.maxFiles) || Infinity;
  status.setAttribute("role", "status");
  list.hidden = true;
  input.after(list, status);
  input.addEventListener("change", () => {
    const files = [...input.files];
    list.replaceChildren(...files.map((file) => lineOf(input, file, mostBytes)));
    list.hidden = files.length === 0;
    status.textContent = files.length > mostFiles ? text("filesTooMany", { most: mostFiles }) : "";
  });
}

document.querySelectorAll("input[type=file]").forEach(attach);
