// Small things every page has: the error summary takes the focus, a link in it leads to its field, and
// htmx sends the form token.
(() => {
  "use strict";

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name='csrf-token']").content;
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
