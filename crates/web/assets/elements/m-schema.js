// <m-schema url="URL">: the text of a schema and what pages make of it. While somebody types, the text is sent to that
// address, which answers the preview or what is wrong.

import { announce } from "./dom.js";

const TYPING_PAUSE_MS = 400;

class Schema extends HTMLElement {
  /** @type {number} */ #timer = 0;
  /** @type {AbortController | undefined} */ #running;

  connectedCallback() {
    this.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#load(), TYPING_PAUSE_MS);
    });
    // Somebody was quicker than this script, or the browser put back what was typed before a reload.
    const text = this.querySelector("textarea");
    if (text && text.value !== text.defaultValue) this.#load();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #load() {
    const text = this.querySelector("textarea");
    const token = text?.form?.elements.namedItem("csrfmiddlewaretoken");
    if (!text || !(token instanceof HTMLInputElement)) return;
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    const body = new URLSearchParams({ csrfmiddlewaretoken: token.value, schema: text.value });
    try {
      const url = this.getAttribute("url") ?? "";
      const response = await fetch(url, { method: "POST", body, signal: running.signal, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("preview");
      if (!fresh) return;
      this.querySelector("#preview")?.replaceWith(document.adoptNode(fresh));
      const wrong = fresh.querySelector(".field-error")?.textContent?.trim();
      announce(wrong || `${fresh.querySelectorAll("section").length} components`);
    } catch {
      // Typing goes on, or the network is gone: saving checks the schema anyway.
    }
  }
}

customElements.define("m-schema", Schema);
