// <m-used app="SLUG" component="TYPE">: a link into an app. Counts for the app's makers that it was followed.

class Used extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      const isLink = event.target instanceof Element && event.target.closest("a");
      if (!isLink || !(token instanceof HTMLInputElement)) return;
      const app = encodeURIComponent(this.getAttribute("app") ?? "");
      const used = { tsdbField: "sentry_app_component_interacted", componentType: this.getAttribute("component") };
      fetch(`/api/0/sentry-apps/${app}/interaction/`, {
        method: "POST",
        keepalive: true,
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token.value },
        body: JSON.stringify(used),
      }).catch(() => {});
    });
  }
}

customElements.define("m-used", Used);
