// Says at once when a chosen file is too large, before it has travelled; without scripts the server says it.
(() => {
  "use strict";

  const form = document.querySelector("form[data-attach]");
  const input = form && form.querySelector("input[type='file']");
  if (!input) {
    return;
  }
  const said = document.createElement("span");
  said.className = "form-error-message";
  said.setAttribute("role", "alert");
  input.before(said);

  const isTooLarge = () => [...input.files].some((file) => file.size > Number(input.dataset.largest));

  input.addEventListener("change", () => {
    const isBad = isTooLarge();
    said.textContent = isBad ? input.dataset.tooLarge : "";
    input.closest(".form-group").classList.toggle("form-error", isBad);
    input.setAttribute("aria-invalid", String(isBad));
  });
  form.addEventListener("submit", (event) => {
    if (isTooLarge()) {
      event.preventDefault();
      input.focus();
    }
  });
})();
