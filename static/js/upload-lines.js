/**
 * The lines of a list of files: on its way, kept, refused.
 */
import { sizeOf } from "./file-size.js";
import { text } from "./texts.js";

const PICTURE = 160;

function element(tag, className, content = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

function button(words, name) {
  const made = element("button", "button button--text button--sm nowrap", words);
  made.type = "button";
  made.setAttribute("aria-label", name);
  return made;
}

/** A file on its way: progress(0…1), wait(words), onStop(function). */
export function sendingLine(file) {
  const line = element("li", "file-list__item");
  const words = element("span", "file-list__name", `${file.name} `);
  const bar = document.createElement("progress");
  const note = element("span", "note");
  const stop = button(text("uploadStop"), text("uploadStopNamed", { name: file.name }));
  line.dataset.sending = "";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", text("uploadProgress", { name: file.name }));
  words.append(element("span", "file-list__size", sizeOf(file.size)), bar, note);
  line.append(words, stop);
  return {
    element: line,
    progress(share) {
      bar.value = share;
      note.textContent = "";
    },
    wait(sentence) {
      note.textContent = sentence;
    },
    onStop(listener) {
      stop.addEventListener("click", listener);
    },
  };
}

/** A file the server has. `file` is the one just sent: it is shown before the check has found it clean. */
export function keptLine(kept, file = null) {
  const line = element("li", "file-list__item");
  const words = element("span", "file-list__name");
  line.dataset.file = kept.id;
  line.dataset.state = kept.state;
  if (kept.state === "clean") {
    const link = element("a", "", kept.name);
    link.href = kept.url;
    words.append(link);
  } else words.append(kept.name);
  words.append(" ", element("span", "file-list__size", sizeOf(kept.size)), " ", stateOf(kept.state));
  const picture = pictureOf(kept, file);
  if (picture) line.append(picture);
  const actions = element("span", "file-list__actions");
  const replace = button(text("uploadReplace"), text("uploadReplaceNamed", { name: kept.name }));
  const remove = button(text("uploadRemove"), text("uploadRemoveNamed", { name: kept.name }));
  replace.dataset.uploadReplace = "";
  remove.dataset.uploadRemove = "";
  actions.append(replace, remove);
  line.append(words, actions);
  return line;
}

function stateOf(state) {
  const isRefused = state === "infected" || state === "rejected";
  const note = element("span", isRefused ? "file-list__warning" : "note");
  note.textContent = { pending: text("filePending"), clean: "" }[state] ?? text("fileUnsafe");
  return note;
}

function pictureOf(kept, file) {
  if (kept.thumbnail) {
    const image = element("img", "file-list__picture");
    image.alt = "";
    image.src = kept.thumbnail;
    return image;
  }
  if (!file?.type.startsWith("image/") || !("createImageBitmap" in window)) return null;
  const canvas = element("canvas", "file-list__picture");
  canvas.setAttribute("aria-hidden", "true");
  createImageBitmap(file, { resizeWidth: PICTURE }).then((bitmap) => draw(canvas, bitmap), () => canvas.remove());
  return canvas;
}

function draw(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
}

/** A file that is not taken, with the reason. */
export function refusedLine(name, reason) {
  const line = element("li", "file-list__item");
  const words = element("span", "file-list__name", `${name} `);
  const away = button(text("fileRemove"), text("fileRemoveNamed", { name }));
  words.append(element("span", "file-list__warning", reason));
  away.addEventListener("click", () => line.remove());
  line.append(words, away);
  return line;
}
