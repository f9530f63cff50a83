/**
 * Fills in where the browser is, when the person presses the button.
 *
 *   <div data-place data-map-url="https://…/{latitude}/{longitude}/">
 *     <input name="….latitude"> <input name="….longitude"> <textarea name="….note">
 *
 * Nothing is asked of the browser before; refused or unknown, a note in words is enough. The link to a map
 * loads nothing by itself.
 */
import { attachTo } from "./attach.js";
import { text } from "./texts.js";

const SETTINGS = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };
const DIGITS = 6;

function distance(metres) {
  return metres < 1000 ? `${metres}m` : `${(metres / 1000).toFixed(1)}km`;
}

class Place {
  constructor(box) {
    this.box = box;
    this.latitude = box.querySelector('[name$=".latitude"]');
    this.longitude = box.querySelector('[name$=".longitude"]');
    this.status = document.createElement("p");
    this.status.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "place__here button button--outline button--md";
    button.textContent = text("placeHere");
    button.addEventListener("click", () => this.ask());
    this.link = document.createElement("a");
    this.link.textContent = text("placeMap");
    this.link.rel = "noreferrer";
    this.link.target = "_blank";
    box.prepend(button, this.status);
    // below the map, which must not jump while it is dragged
    box.querySelector(".place__numbers").after(this.link);
    box.addEventListener("input", () => this.showLink());
    this.showLink();
  }

  ask() {
    this.status.textContent = text("placeAsking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.fill(coords),
      (error) => (this.status.textContent = text(error.code === 1 ? "placeRefused" : "placeUnknown")),
      SETTINGS,
    );
  }

  fill({ latitude, longitude, accuracy }) {
    this.latitude.value = latitude.toFixed(DIGITS);
    this.longitude.value = longitude.toFixed(DIGITS);
    this.latitude.dispatchEvent(new Event("input", { bubbles: true }));
    this.status.textContent = text("placeFound", { distance: distance(Math.round(accuracy)) });
  }

  showLink() {
    const isKnown = Boolean(this.box.dataset.mapUrl && this.latitude.value && this.longitude.value);
    this.link.hidden = !isKnown;
    if (!isKnown) return;
    const values = { latitude: this.latitude.value, longitude: this.longitude.value };
    this.link.href = this.box.dataset.mapUrl.replace(/\{(\w+)\}/g, (_match, name) => encodeURIComponent(values[name] ?? ""));
  }
}

if ("geolocation" in navigator) attachTo("[data-place]", (box) => new Place(box));
