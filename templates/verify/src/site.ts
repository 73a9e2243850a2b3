// site.js: keeps the reader's choice of large type (大字 at the head of every
// page) from page to page. The box and the style work without it; where it
// runs, the note that the choice is lost with the page is not needed.

const key = "sunlot-large";
const box = document.getElementById("large");
const note = document.getElementById("kept");

/** Sets the box as it was left on the page before; also after going back. */
function recall(): void {
  if (box instanceof HTMLInputElement) box.checked = localStorage.getItem(key) === "1";
}

/** Writes the choice down. */
function keep(): void {
  if (box instanceof HTMLInputElement) localStorage.setItem(key, box.checked ? "1" : "0");
}

try {
  recall(); // throws where the browser keeps nothing: then the note stays true
  box?.addEventListener("change", keep);
  addEventListener("pageshow", recall);
  note?.setAttribute("hidden", "");
} catch {
  // nothing is kept, and the note says so
}
