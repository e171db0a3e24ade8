// Small things every page has: the error summary takes the focus, a link in it leads to its field, and
// htmx sends the form token and leaves nothing in the browser's storage.
(() => {
  "use strict";

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name='csrf-token']").content;
  });

  // htmx notes the path of the page when it is read, which is before this.
  document.addEventListener("DOMContentLoaded", () => {
    sessionStorage.removeItem("htmx-current-path-for-history");
  });

  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (field) {
        event.preventDefault();
        (field.matches("fieldset") ? field.querySelector("input") : field).focus();
      }
    });
  }
})();
