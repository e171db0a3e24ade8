// Luk hurtigt: send what is typed, blank the page, end the login, show a neutral page instead.
//   <form data-quick-exit="https://…" action="/logout">
(() => {
  "use strict";

  const form = document.querySelector("form[data-quick-exit]");
  if (!form) return;

  const SEND = 800; // ms the typed text gets to arrive before the login ends
  const LEAVE = 300; // ms the end of the login gets to be on its way

  const within = (promise, wait) =>
    Promise.race([promise, new Promise((done) => setTimeout(done, wait))]);

  function endLogin() {
    const body = new URLSearchParams(new FormData(form));
    body.set("leave", "1");
    return fetch(form.action, {
      method: "POST",
      body,
      credentials: "same-origin",
      keepalive: true,
      redirect: "manual",
    }).catch(() => {});
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    document.body.classList.add("blank");
    document.title = "";
    const unsent = [];
    document.dispatchEvent(new CustomEvent("netmeet:leave", { detail: unsent }));
    await within(Promise.allSettled(unsent), SEND);
    await within(endLogin(), LEAVE);
    location.replace(form.dataset.quickExit);
  });

  // Coming back with the browser's back button must not show the page from its memory.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
