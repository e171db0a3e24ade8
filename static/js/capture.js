// One line makes an agreement: the server reads owner and date out of the words while one types, the chips
// show what it understood, and Enter keeps it. Doubt is asked by the server's chips, never guessed here.
//   <form data-capture data-parse-url="…"> <input name="line" data-capture-line> <div data-capture-chips>
(() => {
  "use strict";

  const REST = 250; // ms without typing before the line is read
  const CORRECTED = ["line", "item_id", "kind", "asks_first", "after_id", "action_id"]; // what somebody wrote or corrected

  function listen(form) {
    const line = form.querySelector("[data-capture-line]");
    const chips = form.querySelector("[data-capture-chips]");
    let timer = 0;
    let latest = 0;

    async function read() {
      const turn = (latest += 1);
      if (!line.value.trim()) {
        chips.replaceChildren();
        return;
      }
      try {
        const answer = await fetch(form.dataset.parseUrl, {
          method: "POST",
          body: new URLSearchParams(
            [...new FormData(form)].filter(([name]) => CORRECTED.includes(name)),
          ),
          credentials: "same-origin",
          headers: {
            Accept: "text/html",
            "X-Refresh": "1",
            "X-CSRFToken": document.querySelector("meta[name='csrf-token']").content,
          },
        });
        if (!answer.ok || turn !== latest) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        // A field somebody is choosing in is not replaced under their hands.
        if (!chips.contains(document.activeElement)) chips.replaceChildren(...page.body.childNodes);
      } catch {
        // Without a connection the line is still a form: Enter posts it, and the server reads it then.
      }
    }

    line.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(read, REST);
    });
    if (line.value) read();
  }

  document.querySelectorAll("form[data-capture]").forEach(listen);
})();
