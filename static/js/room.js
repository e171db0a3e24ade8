// The keys of the meeting room. A clicker sends PageDown and PageUp; they change point only when the page
// shown has nothing more to scroll. F8 turns the screen to "Vi holder pause" at once. No letter is a key.
//   [data-room-next], [data-room-previous], [data-room-pause]  the buttons (or links) that do the same
// A part with data-poll brings what others did: [data-room-state] says which point is on and whether there
// is a pause, [data-fresh] what stands in a field now. Nothing is changed under somebody's hands, and
// nothing that the server has not kept ([data-unsaved], see autosave.js).
(() => {
  "use strict";

  const room = document.querySelector("[data-room]");
  if (!room) return;

  const press = (name) => document.querySelector(`[data-room-${name}]`)?.click();

  function canScroll(scroller, down) {
    if (!scroller) return false;
    const left = down
      ? scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop
      : scroller.scrollTop;
    return left > 2;
  }

  function pause() {
    const button = document.querySelector(
      document.body.classList.contains("is-paused") ? "[data-room-resume]" : "[data-room-pause]",
    );
    if (!button) return;
    document.body.classList.toggle("is-paused");
    button.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing) return;
    if (event.key === "F8") {
      event.preventDefault();
      if (!event.repeat) pause();
      return;
    }
    const down = event.key === "PageDown";
    if (!down && event.key !== "PageUp") return;
    event.preventDefault();
    if (document.body.classList.contains("is-paused")) return;
    const scroller = document.querySelector("[data-room-scroll]");
    if (canScroll(scroller, down)) {
      scroller.scrollTop += (down ? 0.85 : -0.85) * scroller.clientHeight;
    } else if (!event.repeat) {
      press(down ? "next" : "previous");
    }
  });

  function renew(fresh) {
    const form = document.querySelector(`[data-entry="${fresh.dataset.fresh}"]`);
    if (!form) return;
    const version = form.elements.namedItem("version");
    if (version.value === fresh.dataset.version) return;
    if (form.dataset.unsaved || [...form.elements].includes(document.activeElement)) return;
    for (const [key, value] of Object.entries(fresh.dataset)) {
      const field = key.startsWith("set") && form.elements.namedItem(key.slice(3).toLowerCase());
      if (field) field.value = value;
    }
    version.value = fresh.dataset.version;
  }

  function isTyping() {
    return document.querySelector("[data-entry][data-unsaved]") || document.querySelector("[data-capture-line]")?.value;
  }

  const first = document.querySelector("[data-room-state]")?.dataset.point;

  // Another point is on: go to it, but not from a text that somebody is still writing.
  function goOn() {
    const state = document.querySelector("[data-room-state]");
    if (state && state.dataset.point !== first && !isTyping()) location.replace(location.pathname);
  }

  document.addEventListener("netmeet:fresh", () => {
    const state = document.querySelector("[data-room-state]");
    if (!state) return;
    document.body.classList.toggle("is-paused", state.dataset.paused === "1");
    // Of another point are other texts: they belong into its own page, not into the fields of this one.
    if (state.dataset.point === first) document.querySelectorAll("[data-fresh]").forEach(renew);
    const shown = document.querySelector("[data-room-clock]");
    const clock = state.querySelector("[data-room-clock-text]");
    if (shown && clock) shown.textContent = clock.textContent.trim();
    goOn();
  });
  document.addEventListener("netmeet:kept", goOn);
})();
