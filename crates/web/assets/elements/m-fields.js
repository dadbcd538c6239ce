// <m-fields>: a form that an app describes. When a field is chosen on which choices depend, or something is typed to
// find choices, the form is sent as for its button "Update choices", and only those choices are taken from the answer.

import { announce } from "./dom.js";

const TYPING_PAUSE_MS = 300;

class Fields extends HTMLElement {
  /** @type {Map<string, AbortController>} */ #running = new Map();
  /** @type {number} */ #timer = 0;

  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) this.#feed(event.target);
    });
    this.addEventListener("input", (event) => {
      const { target } = event;
      const field = target instanceof HTMLInputElement && target.dataset.find;
      if (!field) return;
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#refresh(field, true), TYPING_PAUSE_MS);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    for (const running of this.#running.values()) running.abort();
  }

  /** @param {HTMLSelectElement} select */
  #feed(select) {
    for (const field of select.dataset.feeds?.split(" ").filter(Boolean) ?? []) this.#refresh(field, false);
  }

  /** @param {string} id of what is around the field @param {boolean} keep what is chosen */
  async #refresh(id, keep) {
    const form = this.querySelector("form");
    const old = this.querySelector(`[id="${id}"]`);
    const select = old?.querySelector("select");
    if (!form || !old || !select) return;
    this.#running.get(id)?.abort();
    const running = new AbortController();
    this.#running.set(id, running);
    const data = new FormData(form);
    data.set("reload", "1");
    data.set("only", id);
    old.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(/** @type {any} */ (data));
      const response = await fetch(form.action, { method: "POST", body, signal: running.signal, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(id);
      if (!fresh) throw new Error("no such field");
      this.#take(select, /** @type {HTMLSelectElement} */ (fresh.querySelector("select")), keep);
      const said = page.querySelector("[role=alert] p") ?? fresh.querySelector(".hint");
      old.querySelector(".hint")?.replaceChildren(said?.textContent ?? "");
      announce(`${select.options.length - 1} choices`);
      if (!keep) this.#feed(select);
    } catch {
      if (!running.signal.aborted) old.querySelector(".hint")?.replaceChildren("The choices could not be loaded.");
    } finally {
      if (this.#running.get(id) === running) old.removeAttribute("aria-busy");
    }
  }

  /** @param {HTMLSelectElement} select @param {HTMLSelectElement} fresh @param {boolean} keep */
  #take(select, fresh, keep) {
    const chosen = select.selectedOptions[0];
    const { value } = select;
    // Options on the move are chosen by turns, so the last one would stay chosen.
    const { value: chosenThere } = fresh;
    select.replaceChildren(...fresh.children);
    select.value = chosenThere;
    if (!keep || !value) return;
    if (![...select.options].some((option) => option.value === value)) select.append(chosen);
    select.value = value;
  }
}

customElements.define("m-fields", Fields);
