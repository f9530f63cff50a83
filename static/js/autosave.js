/**
 * Keeps the draft while people type.
 *
 *   <form data-autosave-url="/api/ui/…/" data-autosave-revision="3">
 *     <input type="hidden" name="revision" value="3">          (optional; follows the draft)
 *     <p class="save-state" role="status" data-autosave-state></p>
 *
 * Sends POST {name: value or [values]} with the header X-Draft-Revision and expects
 * {"revision": 4, "mark": "…", "saved_at": "2026-11-21T09:05:00+09:00"}; 409 means: changed elsewhere, and the
 * person chooses in [data-autosave-choice]. Files are left out. A failed save is tried again; the page's own
 * button always works, and waits for a save that is on its way: until its mark is known here it would pass for
 * somebody else's. The form hears "draft:saved" with what the server said.
 */
import { text } from "./texts.js";

const PAUSE = 1500;
const LEFT_BOX = 300;
const RETRY = 10_000;
const PATIENCE = 5000;
const LEFT_OUT = /^(csrfmiddlewaretoken|revision|mark|seen|action)$/;

/** The form as JSON: a name that several controls share, or a group of check boxes, is a list. */
function answersOf(form) {
  const lists = new Set([...form.elements].filter(isList).map((control) => control.name));
  const answers = {};
  for (const name of lists) answers[name] = [];
  for (const [name, value] of new FormData(form)) {
    if (LEFT_OUT.test(name) || value instanceof File) continue;
    if (lists.has(name)) answers[name].push(value);
    else answers[name] = value;
  }
  return answers;
}

function isList(control) {
  if (control.type === "select-multiple") return true;
  // the rows of a group, and which of them are open
  if (control.type === "hidden") return control.closest("[data-row]") !== null;
  return control.type === "checkbox" && control.form.querySelectorAll(`[name="${CSS.escape(control.name)}"]`).length > 1;
}

function attach(form) {
  const state = form.querySelector("[data-autosave-state]");
  const last = { sent: JSON.stringify(answersOf(form)) };
  let timer, busy, held;
  let stopped = false;

  function say(name, values) {
    if (!state) return;
    state.textContent = text(name, values);
    state.dataset.state = name === "saved" || name === "saving" ? "fine" : "problem";
  }

  function later(wait) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => save(), wait);
  }

  async function save({ overwrite = false } = {}) {
    const body = JSON.stringify(answersOf(form));
    if (stopped || (body === last.sent && !overwrite && !last.isOld)) return;
    if (busy) return later(PAUSE);
    say("saving");
    busy = send(form, body, { overwrite }).then((answer) => heard(answer, body)).catch(() => {
      say("offline");
      later(RETRY);
    });
    await busy;
    busy = null;
  }

  async function heard(answer, body) {
    if (answer.ok) {
      const said = await answer.json();
      const { revision, mark, saved_at: savedAt } = said;
      Object.assign(last, { sent: body, isOld: false });
      form.dataset.autosaveRevision = revision;
      if (form.elements.revision) form.elements.revision.value = revision;
      if (form.elements.mark && mark) form.elements.mark.value = mark;
      say("saved", { time: new Date(savedAt).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" }) });
      document.dispatchEvent(new Event("session:touched"));
      form.dispatchEvent(new CustomEvent("draft:saved", { detail: said }));
    } else if (answer.status >= 500 || answer.status === 429) {
      say("offline");
      later(RETRY);
    } else {
      stopped = answer.status !== 400;
      say({ 400: "notSaved", 409: "conflict" }[answer.status] ?? "signedOut");
      if (answer.status === 409) choose();
    }
  }

  /** Somebody else's window saved this page: theirs or mine is the person's choice; what is typed stays. */
  function choose() {
    const box = form.querySelector("[data-autosave-choice]");
    if (!box) return;
    box.hidden = false;
    box.querySelector("[data-keep-mine]").onclick = () => {
      box.hidden = true;
      stopped = false;
      save({ overwrite: true });
    };
    box.querySelector("[data-take-theirs]").onclick = () => location.reload();
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("change", ({ target }) => {
    // said by the form itself: files came or went, of which the texts tell nothing
    last.isOld ||= target === form;
    later(LEFT_BOX);
  });
  window.addEventListener("online", () => later(0));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    stopped = true;
    clearTimeout(timer);
    if (!busy) return;
    event.preventDefault();
    held ??= hold(event.submitter);
  });

  async function hold(submitter) {
    await Promise.race([busy, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    busy = null;
    held = null;
    form.requestSubmit(submitter);
  }
}

function send(form, body, { overwrite = false } = {}) {
  return fetch(form.dataset.autosaveUrl, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      "X-Draft-Revision": form.dataset.autosaveRevision,
      ...(form.elements.mark ? { "X-Draft-Mark": form.elements.mark.value } : {}),
      ...(overwrite ? { "X-Draft-Overwrite": "yes" } : {}),
    },
    body,
    redirect: "manual",
  });
}

document.querySelectorAll("form[data-autosave-url]").forEach(attach);
// the back button may bring the page with the revision of an earlier time
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form[data-autosave-url]")) location.reload();
});
