// Forms marked data-autosave are sent as one types. Nothing is kept in the browser's storage: what could
// not be sent stays in the page and is sent when the connection or the login is back. What a browser puts
// back into a page it opens again is older than what is kept here: autocomplete="off" lets it not.
//
//   <form method="post" action="…" data-autosave autocomplete="off"> … <input type="hidden" name="version" value="3">
//   [data-saved]     beside a field or in the form: shows "Gemt kl. 13.22", or why the text is not kept yet
//   [data-lacks]     in the form: shows what a choice still needs, "lacks_text" of the answer
//   [data-conflict]  in the form: takes the page fragment of an answer 409. Its box has what the server has in
//                    data-version and, by field, in data-stored; and a button for what it shall be:
//                    [data-choose=theirs], [data-choose=mine] or, of two texts, [data-choose=both]. Until one
//                    is pressed nothing is sent; a field that nobody wrote in shows what the server has.
//   data-unsaved     set on the form while it holds what the server has not kept: nobody may replace that
//
// A form tells "netmeet:kept" each time what stands in it is what the server has. A press on a button of the
// form waits for what is under way: it must carry the version that comes back, or its text would seem to
// have been changed elsewhere.
//
// The server answers 200 {"saved_at_text": "Gemt kl. 13.22", "version": 4}, 409 with a fragment,
// 401 when the login has run out, or 4xx, 409 too, {"error": "…"} in words for the user.
(() => {
  "use strict";

  const REST = 800; // ms without typing before a text is sent
  const LATEST = 1800; // ms after the first letter when it is sent anyway
  const LONGEST_WAIT = 30000; // ms between two tries without a connection
  const GIVEN_UP = 15000; // ms after which an answer is not waited for any more
  const LED_ON = 20000; // ms that a press has to lead on before the form can be used again
  const savers = [];

  const meta = () => document.querySelector("meta[name='csrf-token']");

  // A list of choices stands on its first one where the page chose none.
  const given = (list) => [...list.options].find((option) => option.defaultSelected) ?? list.options[0];
  const isTouched = (field) =>
    field.options
      ? given(field)?.selected === false
      : field.matches("[type=radio], [type=checkbox]")
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue;
  const isField = (one) => one.name && !["hidden", "submit", "button", "fieldset"].includes(one.type);

  class Saver {
    constructor(form) {
      this.form = form;
      this.place = form.querySelector("[data-conflict]");
      this.place.tabIndex = -1;
      this.changed = new Set();
      this.refused = new Set();
      this.sending = false;
      this.isOut = false;
      this.tries = 0;
      this.timer = 0;
      this.underWay = [];
      this.unanswered = null;
      this.pressed = null;
      this.firstChange = 0;
      form.addEventListener("input", (event) => this.note(event.target));
      form.addEventListener("change", (event) => this.note(event.target));
      form.addEventListener("focusout", (event) => {
        // A press sends the text itself.
        const isPress = event.relatedTarget?.type === "submit" && event.relatedTarget.form === form;
        if (this.changed.size && !isPress) this.plan(0);
      });
      form.addEventListener("submit", (event) => this.press(event));
      form.addEventListener("click", (event) => {
        const button = event.target.closest("[data-choose]");
        if (button) this.choose(button.dataset.choose);
      });
      // On a slow phone somebody has typed before this script came.
      for (const field of form.elements) if (isTouched(field)) this.note(field);
    }

    note(field) {
      if (this.form.inert || !isField(field)) return;
      this.form.dataset.unsaved = "1";
      this.last = field;
      this.pressed = null;
      if (this.refused.size) {
        this.refused.add(field.name);
        this.askForChoice();
        return;
      }
      if (!this.changed.size) this.firstChange = Date.now();
      this.changed.add(field.name);
      this.plan(Math.min(REST, Math.max(0, this.firstChange + LATEST - Date.now())));
    }

    // Which of two texts it shall be: the form shows it, and a press that waited leads on.
    choose(which) {
      const isHere = this.place.contains(document.activeElement);
      const names = [...this.refused];
      this.refused.clear();
      if (which === "theirs") {
        for (const name of names) this.put(name);
        this.place.replaceChildren();
        this.say(this.last, "", "saved");
        this.isKept();
      } else {
        if (which === "both") for (const name of names) this.join(name);
        // All that stands in the form is meant, and what is on its way is not chosen anew.
        this.changed = new Set(names);
        this.place.firstElementChild.inert = true;
        this.say(this.last, this.line(this.last).dataset.wait, "waits");
        this.plan(0);
      }
      // The button is gone: who pressed it by the keyboard goes on from here.
      if (isHere) this.place.focus();
      if (!this.changed.size) this.leadOn();
    }

    // What the server has in a field, as a list.
    stored(name) {
      return [this.theirs[name] ?? ""].flat();
    }

    put(name) {
      const values = this.stored(name);
      for (const field of this.form.elements) {
        if (field.name !== name || !isField(field)) continue;
        if (field.matches("[type=radio], [type=checkbox]")) field.checked = values.includes(field.value);
        else field.value = values[0] ?? "";
      }
    }

    // Of two texts every line, the other's first, and of taps all. Of one choice, or one line, the other's stays.
    join(name) {
      const values = this.stored(name);
      for (const field of this.form.elements) {
        if (field.name !== name || !isField(field)) continue;
        if (field.type === "checkbox") field.checked ||= values.includes(field.value);
        else if (!values[0]) continue;
        else if (field.type === "radio") field.checked = field.value === values[0];
        else if (field.type !== "textarea") field.value = values[0];
        else {
          const theirs = values[0].split(/\r?\n/);
          field.value = [...theirs, ...field.value.split("\n").filter((line) => !theirs.includes(line))].join("\n");
        }
      }
    }

    isKept() {
      this.settle();
      this.form.dispatchEvent(new Event("netmeet:kept", { bubbles: true }));
    }

    // Go where a press that waited leads; tell whether there was one.
    leadOn() {
      const pressed = this.pressed;
      this.pressed = null;
      if (pressed) this.form.requestSubmit(pressed);
      return Boolean(pressed);
    }

    press(event) {
      if (this.refused.size && !this.leaving) {
        event.preventDefault();
        this.pressed = event.submitter;
        this.place.firstElementChild.focus();
        return;
      }
      const mustWait = this.sending || (this.tries && this.changed.size);
      if (!mustWait && !this.leaving) {
        clearTimeout(this.timer);
        this.changed.clear();
        this.settle();
        // What is typed or pressed on the way to the next page would come to nothing.
        this.form.inert = true;
        setTimeout(() => (this.form.inert = false), LED_ON);
        return;
      }
      event.preventDefault();
      if (this.leaving) return;
      this.pressed = event.submitter;
      this.say(this.last, this.line(this.last).dataset.wait, "waits");
      this.plan(0);
    }

    // Return what is still to be sent when the page goes. Where nobody chose between two texts, both are.
    rest() {
      const names = new Set([...this.underWay, ...this.changed]);
      for (const name of this.refused) {
        this.join(name);
        names.add(name);
      }
      return names;
    }

    settle() {
      if (!this.changed.size) delete this.form.dataset.unsaved;
    }

    plan(wait) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), wait);
    }

    body(names) {
      const all = new FormData(this.form);
      const body = new URLSearchParams();
      for (const name of names) {
        const values = all.getAll(name);
        for (const value of values.length ? values : [""]) body.append(name, value);
      }
      if (all.has("version")) body.set("version", all.get("version"));
      body.set("autosave", "1");
      return body;
    }

    request(body, { keepalive = false, isLast = false } = {}) {
      return fetch(this.form.getAttribute("action") || location.pathname, {
        method: "POST",
        body,
        credentials: "same-origin",
        keepalive,
        // A phone that has changed its network may never hear of the answer.
        signal: keepalive ? undefined : AbortSignal.timeout?.(GIVEN_UP),
        headers: {
          Accept: "application/json",
          "X-CSRFToken": meta().content,
          ...(isLast && { "X-Leave": "1" }),
        },
      });
    }

    async send() {
      if (this.sending || !this.changed.size) return;
      this.sending = true;
      if (this.isOut && !(await this.renew())) {
        this.sending = false;
        return;
      }
      // What nobody answered may have been kept: sent once more as it was, it tells its version.
      const names = [...this.changed];
      const again = this.unanswered;
      const body = again ?? this.body(names);
      const field = this.last;
      if (!again) this.changed.clear();
      let answer = null;
      try {
        this.underWay = names;
        answer = await this.request(body);
        if (answer.status >= 500) this.unanswered = body;
        else if (answer.status !== 401) this.unanswered = null;
        await this.read(answer, field);
      } catch {
        this.unanswered = body;
        answer = null;
      }
      this.sending = false;
      this.underWay = [];
      if (answer?.ok || this.refused.size) {
        this.tries = 0;
        if (answer.ok && !this.leadOn() && this.changed.size) this.plan(REST);
        return;
      }
      for (const name of names) this.changed.add(name);
      if (answer && answer.status < 500) this.tries = 0;
      if (!answer || answer.status >= 500) this.retry(field);
    }

    async read(answer, field) {
      if (answer.ok) {
        const saved = await answer.json();
        const version = this.form.elements.namedItem("version");
        if (version) version.value = saved.version;
        this.isKept();
        this.place.replaceChildren();
        this.say(field, saved.saved_at_text, "saved");
        const lacks = this.form.querySelector("[data-lacks]");
        if (lacks) lacks.textContent = saved.lacks_text ?? "";
      } else if (answer.status === 409 && answer.headers.get("Content-Type").startsWith("text/html")) {
        const fragment = await answer.text();
        // What was typed meanwhile collides too, and is to be shown beside the other's: ask for all at once.
        if (this.changed.size) this.plan(0);
        else this.showConflict(fragment);
      } else if (answer.status === 401) {
        this.askForLogin(field);
      } else if (answer.status < 500) {
        // What a proxy refuses is not said in words of ours.
        const refused = await answer.json().catch(() => ({}));
        this.say(field, refused.error ?? this.line(field).dataset.unsent, "unsent");
      }
    }

    retry(field) {
      this.tries += 1;
      this.say(field, this.line(field).dataset.unsent, "unsent");
      if (navigator.onLine) this.plan(Math.min(LONGEST_WAIT, 1000 * 2 ** this.tries));
    }

    line(field) {
      const group = field && field.closest(".form-group");
      return (
        (group && group.querySelector("[data-saved]")) ||
        this.form.querySelector("[data-saved]") ||
        document.querySelector("[data-saved]") ||
        document.createElement("span")
      );
    }

    say(field, text, state) {
      const line = this.line(field);
      line.textContent = text;
      line.dataset.state = state;
    }

    // Nothing goes over the text of somebody else before the writer says so. The fragment is rendered by
    // the server, and its texts are escaped there.
    showConflict(fragment) {
      const box = new DOMParser().parseFromString(fragment, "text/html").querySelector("[data-version]");
      this.refused = new Set(this.underWay);
      this.theirs = JSON.parse(box.dataset.stored);
      this.form.elements.namedItem("version").value = box.dataset.version;
      for (const field of this.form.elements) {
        if (isField(field) && !this.refused.has(field.name)) this.put(field.name);
      }
      const isSeveral = (field) => field.type === "checkbox" || (field.type === "textarea" && this.stored(field.name)[0]);
      const mayJoin = [...this.form.elements].some((field) => this.refused.has(field.name) && isSeveral(field));
      if (!mayJoin) box.querySelector("[data-choose=both]").remove();
      this.place.replaceChildren(box);
      this.askForChoice();
      if (this.pressed) box.focus();
    }

    // The box may be out of sight of who is typing.
    askForChoice() {
      const line = this.line(this.last);
      this.say(this.last, `${line.dataset.refused} `, "unsent");
      const link = this.link(line.dataset.refusedLink, "#");
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.place.firstElementChild.focus();
      });
      line.append(link);
    }

    link(words, href) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = words;
      return link;
    }

    askForLogin(field) {
      this.isOut = true;
      const line = this.line(field);
      // The press itself leaves the field and sends again: the link stays under the finger.
      if (line.querySelector("a")) return;
      this.say(field, `${line.dataset.login} `, "unsent");
      const link = this.link(line.dataset.loginLink, "/login?again=1");
      link.target = "_blank";
      link.rel = "noopener";
      line.append(link);
    }

    // Somebody has come back to this tab, perhaps from the login in another: send what waits.
    async comeBack() {
      if (!this.changed.size || this.sending) return;
      if (await this.renew()) this.plan(0);
    }

    // Fetch the token that holds now, of the new login if there is one; false without a connection.
    async renew() {
      try {
        const answer = await fetch("/login/token", {
          credentials: "same-origin",
          headers: { Accept: "application/json" },
          signal: AbortSignal.timeout?.(GIVEN_UP),
        });
        if (!answer.ok) {
          if (answer.status < 500) this.askForLogin(this.last);
          else this.retry(this.last);
          return false;
        }
        meta().content = (await answer.json()).csrf_token;
        const hidden = this.form.elements.namedItem("csrf_token");
        if (hidden) hidden.value = meta().content;
        this.isOut = false;
        return true;
      } catch {
        this.retry(this.last);
        return false;
      }
    }
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) savers.push(new Saver(form));

  addEventListener("online", () => savers.forEach((saver) => saver.plan(0)));
  addEventListener("focus", () => savers.forEach((saver) => saver.comeBack()));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) savers.forEach((saver) => saver.comeBack());
  });
  addEventListener("pagehide", () => {
    for (const saver of savers) {
      const names = saver.leaving ? [] : [...saver.rest()];
      if (names.length) saver.request(saver.body(names), { keepalive: true });
    }
  });
  // Shown again by the back button, a page is as it was left.
  addEventListener("pageshow", () => savers.forEach((saver) => (saver.form.inert = false)));
  addEventListener("beforeunload", (event) => {
    if (savers.some((saver) => (saver.changed.size || saver.refused.size) && !saver.leaving)) event.preventDefault();
  });

  // quick_exit.js asks for what is still to be sent. What is under way goes once more: whichever
  // arrives first is kept, and the last request of all ends the login on the server.
  document.addEventListener("netmeet:leave", (event) => {
    for (const saver of savers) {
      saver.leaving = true;
      saver.pressed = null;
      const names = saver.rest();
      saver.changed.clear();
      saver.refused.clear();
      if (names.size) {
        event.detail.push((isLast) =>
          saver.request(saver.body(names), { keepalive: true, isLast }).catch(() => {}),
        );
      }
    }
  });
})();
