// Presses the one button of a page on the way (accounts/almost.html); without scripts a human does.

const form = document.querySelector("form[data-press]");
if (form) {
  form.requestSubmit();
}
