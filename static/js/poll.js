// Keeps a part of the page as the server has it, without moving the focus or the scroll.
//   <div data-poll="/meetings/…/agenda/part" data-poll-seconds="2"> … </div>
// The server answers 200 with the fragment and an ETag, or 304; or 503 with Retry-After while those who write
// go first. A part that somebody is typing in, or has the focus in, waits until they leave it.
(() => {
  "use strict";

  const LONGEST = 60; // seconds between two tries when the server does not answer

  const busy = (part) => part.contains(document.activeElement);

  function follow(part) {
    const seconds = Number(part.dataset.pollSeconds) || 2;
    let tag = part.dataset.pollTag || "";
    let wait = seconds;

    async function look() {
      if (!document.hidden && !busy(part)) {
        try {
          const headers = { Accept: "text/html", "X-Refresh": "1" };
          if (tag) headers["If-None-Match"] = tag;
          const answer = await fetch(part.dataset.poll, { credentials: "same-origin", headers });
          const later = Number(answer.headers.get("Retry-After"));
          // Not all at once again: whose turn it is would be decided among the same ones.
          const next = later ? Math.max(seconds, later) * (1 + Math.random() / 4) : wait * 2;
          wait = answer.status < 500 ? seconds : Math.min(LONGEST, next);
          if (answer.redirected || answer.status === 401 || answer.status === 404) return;
          if (answer.status === 200) {
            const text = await answer.text();
            if (!busy(part)) {
              tag = answer.headers.get("ETag") || "";
              const page = new DOMParser().parseFromString(text, "text/html");
              part.replaceChildren(...page.body.childNodes);
              part.dispatchEvent(new Event("netmeet:fresh", { bubbles: true }));
            }
          }
        } catch {
          wait = Math.min(LONGEST, wait * 2);
        }
      }
      setTimeout(look, wait * 1000);
    }

    setTimeout(look, seconds * 1000);
  }

  document.querySelectorAll("[data-poll]").forEach(follow);
})();
