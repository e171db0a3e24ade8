// Luk hurtigt: send what is typed, blank the page, end the login, show a neutral page instead.
//   <form data-quick-exit="https://…" action="/logout">
(() => {
  "use strict";

  const form = document.querySelector("form[data-quick-exit]");
  if (!form) return;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const away = form.dataset.quickExit;
    const body = new URLSearchParams(new FormData(form));
    document.dispatchEvent(new Event("netmeet:leave"));
    document.body.classList.add("blank");
    document.title = "";
    // The login's end must be on its way before the page is left; a slow network must not hold us here.
    const ended = fetch(form.action, {
      method: "POST",
      body,
      credentials: "same-origin",
      keepalive: true,
      redirect: "manual",
    }).catch(() => {});
    const slow = new Promise((done) => setTimeout(done, 400));
    Promise.race([ended, slow]).then(() => location.replace(away));
  });

  // Coming back with the browser's back button must not show the page from its memory.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
