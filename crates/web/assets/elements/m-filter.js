// <m-filter target="ID">: wraps a GET form. While the user types or picks, the form's address is loaded and the element
// with that id is replaced by the one of the answer; the address bar follows. Links to the same list inside the target
// (tabs, pages) still load the page. Without scripts the form has a button.

import { announce, fetchPart } from "./dom.js";

const TYPING_PAUSE_MS = 250;

class Filter extends HTMLElement {
  /** @type {number} */ #timer = 0;
  /** @type {AbortController | undefined} */ #running;

  connectedCallback() {
    this.addEventListener("input", (event) => {
      if (event.target instanceof HTMLInputElement) this.#later(TYPING_PAUSE_MS);
    });
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) this.#later(0);
    });
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#later(0);
    });
    // Somebody was quicker than this script, or the browser put back what was there before a reload.
    const lines = [...this.querySelectorAll("input")].filter(({ type }) => type === "search" || type === "text");
    const isTyped = lines.some((line) => line.value !== line.defaultValue);
    const isPicked = [...this.querySelectorAll("select")].some((select) => {
      const printed = [...select.options].findIndex((option) => option.defaultSelected);
      return select.selectedIndex !== Math.max(printed, 0);
    });
    if (isTyped || isPicked) this.#later(0);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  /** @param {number} pauseMs */
  #later(pauseMs) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#load(), pauseMs);
  }

  async #load() {
    const form = this.querySelector("form");
    const id = this.getAttribute("target") ?? "";
    const target = document.getElementById(id);
    if (!form || !target) return;
    const url = new URL(form.action);
    // What is left empty asks for nothing, so the address that people copy does without it.
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    url.search = new URLSearchParams(/** @type {any} */ (filled)).toString();
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    target.setAttribute("aria-busy", "true");
    try {
      const part = await fetchPart(url.href, id, running.signal);
      if (!part) return void location.assign(url.href);
      target.replaceWith(part);
      history.replaceState(null, "", url);
      announce(part.querySelector(".empty h2, .field-error, .found, .pager .grow")?.textContent?.trim() || "List updated");
    } catch (error) {
      // A newer request took over, or the network is gone: then the plain way shows the browser's own message.
      if (!running.signal.aborted) location.assign(url.href);
    } finally {
      if (this.#running === running) target.removeAttribute("aria-busy");
    }
  }
}

customElements.define("m-filter", Filter);
