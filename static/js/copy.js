// Copies a text to the clipboard; where that is refused, the text is marked so that Ctrl+C takes it.
//   <button type="button" data-copy="id-of-text" data-copied="Kopieret"> … <textarea id="id-of-text" readonly>
(() => {
  "use strict";

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text);
      const said = document.createElement("span");
      said.className = "saved";
      said.setAttribute("role", "status");
      button.parentElement.querySelector("[role='status']")?.remove();
      button.after(said);
      said.textContent = button.dataset.copied;
    } catch {
      source.focus();
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
    }
  });
})();
