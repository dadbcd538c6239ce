// <m-theme>: the theme form. Applies the choice at once and stores it in the background.

class ThemePicker extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      const { submitter } = /** @type {SubmitEvent} */ (event);
      if (!(submitter instanceof HTMLButtonElement)) return;
      event.preventDefault();
      document.documentElement.dataset.theme = submitter.value;
      for (const button of form.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button === submitter));
      }
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form, submitter)));
      // Where it cannot be stored it still holds for this page.
      fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
    });
  }
}

customElements.define("m-theme", ThemePicker);
