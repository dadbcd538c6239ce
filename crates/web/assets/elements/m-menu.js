// <m-menu>: a <details class="menu">. Closes on Escape, on a click elsewhere and when focus leaves; arrow keys move
// between its entries.

class Menu extends HTMLElement {
  #stop = new AbortController();

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("click", (event) => !this.contains(/** @type {Node} */ (event.target)) && this.#close(), { signal });
    this.addEventListener("focusout", (event) => {
      const to = /** @type {Node | null} */ (event.relatedTarget);
      if (to && !this.contains(to)) this.#close();
    }, { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  get #details() {
    return this.querySelector("details");
  }

  #close() {
    this.#details?.removeAttribute("open");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && this.#details?.open) {
      this.#close();
      this.querySelector("summary")?.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    this.#details?.setAttribute("open", "");
    const items = [...this.querySelectorAll(".menu-item")].filter((item) => !item.hasAttribute("hidden"));
    const at = items.indexOf(/** @type {Element} */ (document.activeElement));
    const next = items[at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length];
    /** @type {HTMLElement | undefined} */ (next)?.focus();
  }
}

customElements.define("m-menu", Menu);
