/**
 * The call-up screen: asks for the calls, lets a new one blink, ring and be spoken, keeps the last ones without a
 * network and says since when. Recovers by itself.
 *
 *   <body data-display-state="/display/state/" data-voice>
 */
import { text } from "./texts.js";

const EVERY = 3000;
const BLINK = 10_000;

const body = document.body;
const rows = document.querySelector("[data-board-calls]");
const empty = document.querySelector("[data-board-empty]");
const waiting = document.querySelector("[data-board-waiting]");
const notice = document.querySelector("[data-board-notice]");
const offline = document.querySelector("[data-board-offline]");
const known = new Set([...rows.children].map((row) => row.dataset.key));
let lastSeen = new Date();

const clock = (moment) => moment.toTimeString().slice(0, 5);

function element(name, content, className = "") {
  const made = document.createElement(name);
  made.textContent = content;
  made.className = className;
  return made;
}

function gong() {
  try {
    const audio = new AudioContext();
    [659, 523].forEach((pitch, number) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const start = audio.currentTime + number * 0.35;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.3, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 1);
    });
  } catch {
    // no sound on this machine: the blinking remains
  }
}

function speak(call) {
  if (!("voice" in body.dataset) || !window.speechSynthesis) return;
  const number = `${call.letter}の${call.sequence}`;
  const words = new SpeechSynthesisUtterance(text("speech", { number, desk: call.desk }));
  words.lang = "ja-JP";
  speechSynthesis.speak(words);
}

function row(call) {
  const line = document.createElement("tr");
  line.dataset.key = call.key;
  const desk = element("td", call.desk);
  desk.append(element("small", call.floor));
  line.append(element("td", call.label), desk);
  line.classList.toggle("is-called", call.is_called);
  if (known.has(call.key) || !call.is_called) return line;
  line.classList.add("is-new");
  setTimeout(() => line.classList.remove("is-new"), BLINK);
  return line;
}

function waitingLine(group) {
  const line = document.createElement("li");
  const said = group.waiting
    ? text("waiting", { count: group.waiting, wait: group.wait })
    : text(group.is_open ? "none" : "closed");
  line.append(element("b", group.letter), element("span", group.name), element("em", said));
  return line;
}

function show(state) {
  const fresh = state.calls.filter((call) => call.is_called && !known.has(call.key));
  rows.replaceChildren(...state.calls.map(row));
  state.calls.forEach((call) => known.add(call.key));
  empty.hidden = state.calls.length > 0;
  waiting.replaceChildren(...state.waiting.map(waitingLine));
  notice.textContent = state.notice;
  notice.hidden = !state.notice;
  if (fresh.length) gong();
  fresh.reverse().forEach(speak);
}

let tag = "";

async function ask() {
  try {
    const response = await fetch(body.dataset.displayState, { headers: tag ? { "If-None-Match": tag } : {} });
    if (response.status === 404) return location.reload();
    if (!response.ok && response.status !== 304) throw new Error(response.status);
    if (response.status === 200 && response.headers.get("ETag") !== tag) {
      tag = response.headers.get("ETag");
      show(await response.json());
    }
    lastSeen = new Date();
    offline.hidden = true;
  } catch {
    offline.hidden = false;
    offline.querySelector("[data-board-since]").textContent = text("since", { time: clock(lastSeen) });
  }
  setTimeout(ask, EVERY);
}

setInterval(() => (document.querySelector("[data-clock]").textContent = clock(new Date())), 1000);
ask();
