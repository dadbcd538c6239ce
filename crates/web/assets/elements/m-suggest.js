// <m-suggest url="…" field="…">: a line and its list of suggestions. While the user types, suggestions are asked for. Without
// scripts the value is typed in.

const TYPING_PAUSE_MS = 250;

class Suggest extends HTMLElement {
  /** @type {number} */ #timer = 0;
  /** @type {AbortController | undefined} */ #running;

  connectedCallback() {
    this.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#ask(), TYPING_PAUSE_MS);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #ask() {
    const input = this.querySelector("input");
    const list = this.querySelector("datalist");
    const address = this.getAttribute("url");
    if (!input || !list || !address || !input.value) return;
    const url = new URL(address, location.href);
    if (url.origin !== location.origin) return;
    url.searchParams.set("field", this.getAttribute("field") ?? "");
    url.searchParams.set("query", input.value);
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    try {
      const response = await fetch(url, { signal: running.signal, credentials: "same-origin" });
      if (!response.ok) return;
      const found = /** @type {{ value: unknown, label: string }[]} */ (await response.json());
      list.replaceChildren(...found.map(({ value, label }) => new Option(label, String(value))));
    } catch {
      // Suggestions only help; what is typed is sent as it is.
    }
  }
}

customElements.define("m-suggest", Suggest);
