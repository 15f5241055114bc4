// What a page does beyond HTML; everything works without it.
"use strict";

// "/" jumps into the search, as in many mail programs; Escape leaves it.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-search]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(input|textarea|select)$/i.test(document.activeElement.tagName);
  if (event.key === "/" && !typing) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "Escape" && document.activeElement === field) {
    field.blur();
  }
});

// A form is sent once, however often its button is pressed; the button comes back with the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.ask;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || form.dataset.download !== undefined) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Empty fields of a search are left out of the address, so that it can be read and kept.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  for (const field of event.target.elements) {
    if (field.name && field.value === "") field.disabled = true;
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) for (const field of form.elements) if (form.method === "get") field.disabled = false;
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// A table that is wider than its card can be scrolled with the keyboard, too.
for (const box of document.querySelectorAll(".scroll")) {
  if (box.scrollWidth > box.clientWidth) {
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", document.title);
  }
}


// Copying a result; without the clipboard (plain HTTP) the text is selected instead.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.focus();
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    button.textContent = button.dataset.done;
  });
}

// On a narrow window the menu is wider than the page: the page's own name is brought into view.
const menu = document.querySelector(".menu ul");
const current = menu && menu.querySelector("[aria-current]");
if (current) menu.scrollLeft = current.offsetLeft + current.offsetWidth - menu.clientWidth + 48;

// Paper cannot be unfolded: what stands folded away is printed whole, and folded again afterwards. Forms stay away.
const unfolded = [];
window.addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details:not([open]):not(.no-print)")) {
    if (one.querySelector("form")) continue;
    one.open = true;
    unfolded.push(one);
  }
});
window.addEventListener("afterprint", () => {
  for (const one of unfolded.splice(0)) one.open = false;
});
