/**
 * The box at the head of every page of a visit, in sight wherever the page is scrolled to, that says what is kept on this tablet, and what became of it.
 *
 *   <section data-visit-keep="(visit)" data-keep-owner="…" data-keep-hours="4" data-keep-idle="3600"
 *     data-keep-reach="/staff/visits/worker.js" data-keep-workers="…" data-keep-login="/accounts/login/" [data-keep-turned] hidden>
 *     <p data-keep-said></p> <div data-keep-found></div> </section>
 *
 * Other scripts of the page share `keep`: where things are kept, what is said, and how they are sent.
 * At sign-out, when the session ends and when somebody else signs in, everything is wiped (kept-store.js).
 */
import { formDataOf } from "./form-words.js";
import { KeptStore, canKeep, channel, forget } from "./kept-store.js";
import { isDown } from "./network.js";
import { text } from "./texts.js";
import { leaveWord, takeWord } from "./visit-word.js";

// the server answers in JSON what came of it (counter/views/desk/answering.py)
const KEPT = { "Visit-Kept": "1" };
const LEFT_AFTER = 4000;
const MOST_LOOKS = 15;

class Keep {
  constructor(box) {
    const { visitKeep, keepOwner, keepHours, keepIdle, keepReach, keepLogin } = box.dataset;
    Object.assign(this, { box, visit: visitKeep, reach: keepReach, login: keepLogin, isOver: false });
    this.isTurned = "keepTurned" in box.dataset;
    this.said = box.querySelector("[data-keep-said]");
    this.store = new KeptStore({ owner: keepOwner, hours: Number(keepHours), idle: Number(keepIdle) });
    const word = takeWord();
    if (word) this.say(word.name, word.tone, `${text(word.name)} ${word.said}`.trim());
    // signed off in another window, or the session is over here: nothing more is kept
    channel?.addEventListener("message", () => this.leave());
    document.addEventListener("session:ended", () => forget().then(() => this.end()));
    this.follow();
  }

  /** Somebody who types while there is no network is there: the clock of the session counts from then. */
  follow() {
    for (const name of ["input", "pointerdown"]) {
      document.addEventListener(name, () => this.isOffline && document.dispatchEvent(new Event("session:touched")));
    }
    // a page that would be lost; the browser asks in its own words
    window.addEventListener("beforeunload", (event) => this.isOffline && event.preventDefault());
  }

  end() {
    this.isOver = true;
    this.isOffline = false;
    this.say("keepWiped", "problem");
  }

  /** Signed off in another window: what stands here goes at once, and the page when that window is through. */
  leave() {
    this.end();
    document.getElementById("main").replaceChildren(this.box);
    for (const one of document.querySelectorAll(".visit-bar, .visit-next")) one.remove();
    setTimeout(() => this.reload(), LEFT_AFTER);
  }

  /** While that window is still on its way out the page would be open again: where one signs in sends it back then. */
  async reload(looks = MOST_LOOKS) {
    const answer = await fetch(this.login, { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.ok || !looks) location.reload();
    else setTimeout(() => this.reload(looks - 1), LEFT_AFTER);
  }

  say(name, tone = "problem", words = "") {
    if (!name) {
      this.box.hidden = true;
      return;
    }
    this.box.dataset.tone = tone;
    // shown first: what is hidden is read to nobody
    this.box.hidden = false;
    this.said.textContent = words || text(name);
  }

  /** Keep it, and say so. Where the browser cannot encrypt, the page itself is all there is. */
  async put(id, content) {
    this.isOffline = true;
    if (this.isOver) return false;
    const isKept = canKeep && (await this.store.put(id, this.visit, content).catch(() => false));
    if (this.isOver) await forget();
    else this.say(isKept ? "keepOffline" : "keepOfflineOnly");
    return isKept;
  }

  async sent(id) {
    this.isOffline = false;
    await this.store.remove(id);
  }

  /** Where the answer leads to; the next page says what became of what was kept. */
  go(address, state = "sent", said = "") {
    this.isOffline = false;
    leaveWord(state, said);
    // a place on the page would leave it as it stands
    location.replace(address.split("#")[0]);
  }

  /**
   * Send what is kept once: {state, said, url}. "sent"; "refused" with what the server says; "unclear" when it says
   * neither; "lost" while there is no network; "signedOut" when somebody has to sign in first.
   */
  async deliver({ kind, url, fields }) {
    const data = formDataOf(fields);
    data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    try {
      const answer = await fetch(url, { method: "POST", body: data, headers: KEPT });
      if (isDown(answer)) return { state: "lost" };
      return kind === "typing" ? await heardTyping(answer) : await this.heardPost(answer);
    } catch {
      return { state: "lost" };
    }
  }

  /** Only what the server says is done is done; a page that nobody expects is no answer. */
  async heardPost(answer) {
    if (new URL(answer.url).pathname === this.login) return { state: "signedOut" };
    if (!isJson(answer)) return { state: "unclear" };
    const { outcome, message, url } = await answer.json();
    return { state: outcome === "done" ? "sent" : "refused", said: message || text("keepRefused"), url };
  }
}

function isJson(answer) {
  return answer.ok && (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
}

/** The server is there, and something in it went wrong: sending it again and again would not help. */
function isFault(answer) {
  return answer.status >= 500;
}

/** For what was typed: JSON with the new revision, or a sentence. */
async function heardTyping(answer) {
  if (answer.ok) return { state: "sent", ...(await answer.json()) };
  if (answer.status === 401) return { state: "signedOut" };
  if (isFault(answer)) return { state: "refused", said: text("keepFault") };
  const { message = "" } = await answer.json().catch(() => ({}));
  return { state: "refused", said: message || text("keepRefused") };
}

const box = document.querySelector("[data-visit-keep]");
export const keep = box ? new Keep(box) : null;
