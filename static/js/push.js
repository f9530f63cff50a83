/**
 * Lets this browser take web pushes: asks for leave, subscribes, and sends the form with what the browser said.
 *
 *   <form data-push data-push-key="BN…" data-push-worker="/sw.js" data-push-listed="ab12… cd34…">
 *     <input type="hidden" name="endpoint"> … p256dh, auth, device_name
 *     <button type="button" data-push-start hidden>この端末で受け取る</button>
 *     <p data-push-status role="status">
 *   </form>
 *
 * A browser that is listed already (`data-push-listed`, SHA-256 of addresses) is told so and gets no button.
 * Leave is asked for when the button is pressed, never before: browsers remember a refusal.
 */
import { text } from "./texts.js";

const BROWSERS = [
  ["Edg/", "Edge"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];
const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "Mac"],
  ["Linux", "Linux"],
];

function nameOf(list) {
  return list.find(([mark]) => navigator.userAgent.includes(mark))?.[1] ?? "";
}

function deviceName() {
  return [nameOf(BROWSERS), nameOf(SYSTEMS)].filter(Boolean).join(" / ");
}

function bytesOf(key) {
  const padded = (key + "=".repeat((4 - (key.length % 4)) % 4)).replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
}

/** A subscription made with another key is of no use: it is given up first. */
async function subscribe(registration, key) {
  const wanted = bytesOf(key);
  const current = await registration.pushManager.getSubscription();
  if (current) {
    const used = new Uint8Array(current.options.applicationServerKey ?? []);
    if (used.length === wanted.length && used.every((byte, place) => byte === wanted[place])) return current;
    await current.unsubscribe();
  }
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

async function start(form, status) {
  if ((await Notification.requestPermission()) !== "granted") {
    status.textContent = text("pushRefused");
    return;
  }
  status.textContent = text("pushWorking");
  try {
    await navigator.serviceWorker.register(form.dataset.pushWorker);
    const registration = await navigator.serviceWorker.ready;
    const { endpoint, keys } = (await subscribe(registration, form.dataset.pushKey)).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.elements.device_name.value = deviceName();
  } catch {
    status.textContent = text("pushFailed");
    return;
  }
  form.requestSubmit();
}

/** Whether this browser is one of those the page lists, by the SHA-256 of the address it is reached at. */
async function isListed(form) {
  const registration = await navigator.serviceWorker.getRegistration();
  const current = await registration?.pushManager.getSubscription();
  if (!current) return false;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(current.endpoint));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return form.dataset.pushListed.split(" ").includes(hex);
}

async function attach(form) {
  const status = form.querySelector("[data-push-status]");
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    status.textContent = text("pushUnknown");
    return;
  }
  status.textContent = "";
  const button = form.querySelector("[data-push-start]");
  button.addEventListener("click", () => start(form, status));
  const isDone = Boolean(form.dataset.pushListed) && (await isListed(form).catch(() => false));
  if (isDone) status.textContent = text("pushListed");
  button.hidden = isDone;
}

document.querySelectorAll("form[data-push]").forEach(attach);
