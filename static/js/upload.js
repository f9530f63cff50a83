/**
 * Sends each file as soon as it is chosen, shows how far it is, and lets people take it out or exchange it.
 *
 *   <form data-upload-url="/api/ui/drafts/…/files/"> … <div data-upload="question">
 *     <ul data-upload-list> <li data-file="id" data-state="pending"> … <button data-upload-remove> </li> </ul>
 *     <div data-upload-more> <input type="file" data-max-bytes data-max-files> </div>
 *     <p data-upload-full hidden> <p role="status" data-upload-status>
 *
 * What is too large, of the wrong kind or one too many is said before anything is sent; the server checks all
 * of it itself. upload-hold.js lets the form wait for files that are on their way.
 */
import { attachTo } from "./attach.js";
import { problemOf } from "./file-limits.js";
import { send } from "./upload-send.js";
import { keptLine, refusedLine, sendingLine } from "./upload-lines.js";
import { text } from "./texts.js";

const LOOK_AGAIN = [3000, 5000, 10_000, 20_000, 30_000];

class Upload {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.url = this.form.dataset.uploadUrl;
    this.token = this.form.elements.csrfmiddlewaretoken.value;
    this.list = box.querySelector("[data-upload-list]");
    this.main = box.querySelector("[data-upload-more] input[type=file][data-max-files]");
    this.most = Number(this.main.dataset.maxFiles);
    box.addEventListener("change", (event) => this.chosen(event));
    box.addEventListener("click", (event) => this.clicked(event));
    if (this.list.querySelector("[data-state=pending]")) this.lookAgain(0);
  }

  /** Kept and on their way. */
  get count() {
    return this.list.querySelectorAll("[data-file], [data-sending]").length;
  }

  chosen(event) {
    if (!event.target.matches("input[type=file]")) return;
    const input = event.target;
    event.stopPropagation();
    for (const file of input.files) this.take(file);
    // what was sent alone must not come with the page again
    input.value = "";
  }

  take(file, replaced = null) {
    const room = this.most - this.count + (replaced ? 1 : 0);
    const problem = problemOf(file, { room, most: this.most, bytes: this.main.dataset.maxBytes, accept: this.main.accept });
    if (problem) {
      this.list.append(refusedLine(file.name, problem));
      return this.say(`${file.name} ${problem}`);
    }
    const line = sendingLine(file);
    this.list.append(line.element);
    this.refresh();
    const job = send({
      url: this.url,
      token: this.token,
      question: this.box.dataset.upload,
      file,
      replaces: replaced?.dataset.file,
      onProgress: (share) => line.progress(share),
      onWaiting: (words) => line.wait(words || text("uploadWaiting")),
    });
    line.onStop(() => job.stop());
    job.kept.then((kept) => this.kept(line, kept, file, replaced), (error) => this.refused(line, file, error));
  }

  kept(line, kept, file, replaced) {
    replaced?.remove();
    this.list.querySelector(`[data-file="${kept.id}"]`)?.remove();
    line.element.replaceWith(keptLine(kept, file));
    this.refresh();
    this.say(text("uploadKept", { name: kept.name }));
    this.changed();
    if (kept.state === "pending") this.lookAgain(0);
  }

  refused(line, file, error) {
    if (error.status === 0) line.element.remove();
    else line.element.replaceWith(refusedLine(file.name, error.status === 401 ? text("signedOut") : error.message));
    this.refresh();
    this.say(error.status === 0 ? text("uploadStopped", { name: file.name }) : `${file.name} ${error.message}`);
  }

  clicked(event) {
    const item = event.target.closest("[data-file]");
    if (item && event.target.closest("[data-upload-remove]")) this.remove(event, item);
    if (item && event.target.closest("[data-upload-replace]")) this.replace(item);
  }

  async remove(event, item) {
    event.preventDefault();
    try {
      const answer = await fetch(`${this.url}${item.dataset.file}/`, {
        method: "DELETE",
        headers: { "X-CSRFToken": this.token },
        redirect: "manual",
      });
      if (!answer.ok) return this.say(text(answer.type === "opaqueredirect" ? "signedOut" : "uploadNotRemoved"));
    } catch {
      return this.say(text("uploadNotRemoved"));
    }
    this.say(text("uploadRemoved", { name: item.querySelector(".file-list__name").firstChild.textContent.trim() }));
    item.remove();
    this.refresh();
    this.changed();
    this.main.focus();
  }

  replace(item) {
    const input = this.main.cloneNode();
    input.multiple = false;
    input.addEventListener("change", () => input.files[0] && this.take(input.files[0], item));
    input.click();
  }

  refresh() {
    const isFull = this.count >= this.most;
    this.box.querySelector("[data-upload-more]").hidden = isFull;
    this.box.querySelector("[data-upload-full]").hidden = !isFull;
  }

  changed() {
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Whether files were found clean meanwhile. */
  lookAgain(count) {
    clearTimeout(this.timer);
    if (count >= LOOK_AGAIN.length) return;
    this.timer = setTimeout(async () => {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
      const files = answer?.ok ? (await answer.json()).files : [];
      for (const file of files) {
        const old = this.list.querySelector(`[data-file="${file.id}"]:not([data-state="${file.state}"])`);
        old?.replaceWith(keptLine(file));
      }
      if (this.list.querySelector("[data-state=pending]")) this.lookAgain(count + 1);
    }, LOOK_AGAIN[count]);
  }

  say(words) {
    this.box.querySelector("[data-upload-status]").textContent = words;
  }
}

attachTo("[data-upload]", (box) => new Upload(box));
