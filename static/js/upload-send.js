/**
 * Sends files one at a time, and goes on trying while there is no connection. A file that arrived although the
 * answer was lost is found again by the server: sending it once more makes no second copy.
 *
 *   const job = send({ url, token, question, file, replaces, onProgress, onWaiting });
 *   const kept = await job.kept;   {"id", "name", "size", "state", "url", "thumbnail"}; rejects with Refused
 *   job.stop();
 */
const WAITS = [2000, 4000, 8000, 15_000, 30_000];
const TIMEOUT = 120_000;
const queue = [];
let current = null;

/** The server's own words; `status` 0 means that the person stopped it. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** How many files are not up yet. */
export function waiting() {
  return queue.length + (current ? 1 : 0);
}

export function send(order) {
  const job = { order, request: null, timer: 0, isStopped: false };
  job.kept = new Promise((resolve, reject) => Object.assign(job, { resolve, reject }));
  job.stop = () => {
    job.isStopped = true;
    job.request?.abort();
    clearTimeout(job.timer);
    finish(job, () => job.reject(new Refused(0, "")));
  };
  job.again = () => {
    clearTimeout(job.timer);
    attempt(job, 0);
  };
  queue.push(job);
  next();
  return job;
}

function next() {
  if (current || queue.length === 0) return;
  current = queue.shift();
  attempt(current, 0);
}

function finish(job, settle) {
  const place = queue.indexOf(job);
  if (place >= 0) queue.splice(place, 1);
  if (current === job) current = null;
  settle();
  document.dispatchEvent(new CustomEvent("uploads:changed"));
  next();
}

async function attempt(job, count) {
  const { status, body } = await post(job);
  if (job.isStopped) return;
  if (status === 201) return finish(job, () => job.resolve(body));
  if (status === 0 || status === 429 || status >= 500) {
    job.order.onWaiting?.(status === 429 ? body.message : "");
    job.timer = setTimeout(() => attempt(job, count + 1), WAITS[Math.min(count, WAITS.length - 1)]);
    return;
  }
  finish(job, () => job.reject(new Refused(status, sentenceOf(body))));
}

/** {"code", "message", "fields": {name: [sentence]}} */
function sentenceOf(body) {
  return Object.values(body.fields ?? {})[0]?.[0] ?? body.message ?? "";
}

function post(job) {
  const { url, token, question, file, replaces, onProgress } = job.order;
  const data = new FormData();
  data.append("question", question);
  if (replaces) data.append("replaces", replaces);
  data.append("file", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    job.request = request;
    request.open("POST", url);
    request.timeout = TIMEOUT;
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => resolve({ status: statusOf(request, url), body: jsonOf(request) }));
    request.send(data);
  });
}

/** A redirect leads to the sign-in page: the session is over. */
function statusOf(request, url) {
  const isElsewhere = request.responseURL && new URL(request.responseURL).pathname !== new URL(url, location.href).pathname;
  return isElsewhere ? 401 : request.status;
}

function jsonOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

window.addEventListener("online", () => current?.timer && current.again());
