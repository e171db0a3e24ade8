// The keys of the meeting room. A clicker sends PageDown and PageUp; they change point only when the page
// shown has nothing more to scroll. F8 turns the screen to "Vi holder pause" at once. No letter is a key.
//   [data-room-next], [data-room-previous], [data-room-pause]  the buttons (or links) that do the same
(() => {
  "use strict";

  const room = document.querySelector("[data-room]");
  if (!room) return;

  const scroller = document.querySelector("[data-room-scroll]");
  const press = (name) => document.querySelector(`[data-room-${name}]`)?.click();

  function canScroll(down) {
    const left = down
      ? scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop
      : scroller.scrollTop;
    return left > 2;
  }

  function pause() {
    const isPaused = document.body.classList.toggle("is-paused");
    press(isPaused ? "pause" : "resume");
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
    if (canScroll(down)) {
      scroller.scrollTop += (down ? 0.85 : -0.85) * scroller.clientHeight;
    } else if (!event.repeat) {
      press(down ? "next" : "previous");
    }
  });
})();
