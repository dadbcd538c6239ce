// <m-live target="ID" every="SECONDS">: reloads the page's part with that id while the page is visible, until the part
// carries data-done. It leaves a part alone in which the user is at work (focus, selected text, an open menu or dialog),
// and slows down when the server does not answer.

import { announce, fetchPart } from "./dom.js";

const SLOWEST_S = 60;

class Live extends HTMLElement {
  /** @type {number} */ #timer = 0;
  #wait = 0;
  #stop = new AbortController();

  connectedCallback() {
    this.#stop = new AbortController();
    this.#wait = this.#every;
    document.addEventListener("visibilitychange", () => this.#plan(), { signal: this.#stop.signal });
    this.#plan();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  get #every() {
    return Math.max(1, Number(this.getAttribute("every")) || 5);
  }

  get #part() {
    return document.getElementById(this.getAttribute("target") ?? "");
  }

  #plan() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#part?.hasAttribute("data-done")) return;
    this.#timer = window.setTimeout(() => this.#look(), this.#wait * 1000);
  }

  async #look() {
    const old = this.#part;
    if (!old) return;
    if (!this.#isInUse(old)) {
      try {
        const fresh = await fetchPart(location.href, old.id, this.#stop.signal);
        this.#wait = fresh ? this.#every : Math.min(this.#wait * 2, SLOWEST_S);
        if (fresh && fresh.innerHTML !== old.innerHTML) this.#swap(old, fresh);
      } catch {
        this.#wait = Math.min(this.#wait * 2, SLOWEST_S);
      }
    }
    if (!this.#stop.signal.aborted) this.#plan();
  }

  /** @param {HTMLElement} part */
  #isInUse(part) {
    const selection = getSelection();
    const isSelected = selection && !selection.isCollapsed && selection.containsNode(part, true);
    return isSelected || part.contains(document.activeElement) || part.querySelector("details.menu[open], dialog[open]");
  }

  /** @param {HTMLElement} old @param {HTMLElement} fresh */
  #swap(old, fresh) {
    old.replaceWith(fresh);
    if (fresh.hasAttribute("data-done")) announce(fresh.innerText.replace(/\s+/g, " ").trim());
  }
}

customElements.define("m-live", Live);
