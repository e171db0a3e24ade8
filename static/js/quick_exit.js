// Luk hurtigt: send what is typed, blank the page, end the login, show a neutral page instead.
//   <form data-quick-exit="https://…" action="/logout">
(() => {
  "use strict";

  const form = document.querySelector("form[data-quick-exit]");
  if (!form) return;

  const ARRIVE = 800; // ms a request gets to arrive before the page is left; it goes on by itself

  const within = (promise) =>
    Promise.race([promise, new Promise((done) => setTimeout(done, ARRIVE))]);

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

  // The last text ends the login itself when it has arrived: a request of its own could overtake it.
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    document.body.classList.add("blank");
    document.title = "";
    const unsent = [];
    document.dispatchEvent(new CustomEvent("netmeet:leave", { detail: unsent }));
    const last = unsent.pop() || endLogin;
    await within(Promise.allSettled(unsent.map((send) => send(false))));
    // What could not be sent at all cannot end the login either.
    await within(last(true).then((answer) => answer || endLogin()));
    location.replace(form.dataset.quickExit);
  });

  // Coming back with the browser's back button must not show the page from its memory.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
