/**
 * Reads a QR code with the camera into the form's field and sends it. A scanner that types needs none of this.
 *
 *   <form data-scan> <input name="code"> <button data-scan-start hidden> <video data-scan-video hidden> <p data-scan-status>
 *
 * The decoder is the global `jsQR`, a script of its own.
 */
import { text } from "./texts.js";

const EVERY = 150;

async function openCamera(video) {
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  await video.play();
}

function read(video, canvas) {
  if (!video.videoWidth) return "";
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0);
  const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
  return window.jsQR(data, width, height)?.data ?? "";
}

function close(video) {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.hidden = true;
}

function attach(form) {
  const start = form.querySelector("[data-scan-start]");
  const video = form.querySelector("[data-scan-video]");
  const status = form.querySelector("[data-scan-status]");
  const canvas = document.createElement("canvas");
  start.hidden = false;
  start.addEventListener("click", async () => {
    try {
      await openCamera(video);
    } catch {
      status.textContent = text("cameraRefused");
      return;
    }
    video.hidden = false;
    status.textContent = text("cameraLooking");
    const timer = setInterval(() => {
      const code = read(video, canvas);
      if (!code) return;
      clearInterval(timer);
      close(video);
      form.elements.code.value = code;
      form.requestSubmit();
    }, EVERY);
  });
}

if (navigator.mediaDevices?.getUserMedia) document.querySelectorAll("form[data-scan]").forEach(attach);
