// <m-bulk>: a form with a checkbox per row. Adds "select all", shift-click ranges and a count, and keeps the actions
// disabled while nothing is selected.

class Bulk extends HTMLElement {
  /** @type {HTMLInputElement | undefined} */ #last;

  connectedCallback() {
    this.querySelector("[data-bulk-all]")?.removeAttribute("hidden");
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("change", () => this.#show());
    this.#show();
  }

  /** @returns {HTMLInputElement[]} */
  get #rows() {
    return [...this.querySelectorAll("input[type=checkbox][name=id]")].filter((i) => i instanceof HTMLInputElement);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const rows = this.#rows;
    if (box.name !== "id") {
      for (const row of rows) row.checked = box.checked;
    } else {
      if (event.shiftKey && this.#last) {
        const [from, to] = [rows.indexOf(this.#last), rows.indexOf(box)].sort((a, b) => a - b);
        for (const row of rows.slice(from, to + 1)) row.checked = box.checked;
      }
      this.#last = box;
    }
    this.#show();
  }

  #show() {
    const rows = this.#rows;
    const count = rows.filter((row) => row.checked).length;
    const all = this.querySelector("[data-bulk-all] input");
    if (all instanceof HTMLInputElement) {
      all.checked = count > 0 && count === rows.length;
      all.indeterminate = count > 0 && count < rows.length;
    }
    for (const button of this.querySelectorAll(".bulk button")) button.toggleAttribute("disabled", count === 0);
    const label = this.querySelector("[data-bulk-count]");
    if (label) label.textContent = count ? `${count} selected` : "Tick issues to act on several";
  }
}

customElements.define("m-bulk", Bulk);
