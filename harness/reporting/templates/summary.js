"use strict";
const names = new Intl.Collator(undefined, { numeric: true });
function value(row, column) {
  const cell = row.cells[column];
  return cell.dataset.sort ?? cell.textContent.trim();
}
function sortBy(table, column, rising) {
  const numeric = table.tHead.rows[0].cells[column].dataset.kind === "number";
  const order = numeric ? (a, b) => a - b : names.compare;
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [numeric ? Number(value(row, column)) : value(row, column), row]);
  keyed.sort((a, b) => (rising ? order(a[0], b[0]) : order(b[0], a[0])));
  for (const [, row] of keyed) body.append(row);
}
class Rows {
  /* A large class would take a browser long to lay out: the first rows that fit are shown, and more when asked for. */
  constructor(table) {
    this.table = table;
    this.step = Number(table.dataset.most);
    this.more = document.getElementById(table.dataset.more);
    this.told = document.getElementById(table.dataset.told);
    this.words = [];
    this.limit = this.step;
    this.more.addEventListener("click", () => { this.limit += this.step; this.show(); });
  }
  show() {
    let found = 0;
    for (const row of this.table.tBodies[0].rows) {
      const text = this.words.length ? row.dataset.search.toLowerCase() : "";
      const fits = this.words.every((word) => text.includes(word));
      found += fits;
      row.hidden = !fits || found > this.limit;
    }
    this.more.hidden = found <= this.limit;
    if (found > this.limit) this.told.textContent = `${this.limit} of ${found} shown`;
    else this.told.textContent = this.words.length ? `${found} shown` : "";
  }
  filter(text) {
    this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.limit = this.step;
    this.show();
  }
}
for (const table of document.querySelectorAll("table.matrix")) {
  const rows = new Rows(table);
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => header.querySelector("button")?.addEventListener("click", () => {
    const rising = header.getAttribute("aria-sort") !== "ascending";
    headers.forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", rising ? "ascending" : "descending");
    sortBy(table, column, rising);
    rows.show();
  }));
  const input = document.getElementById(table.dataset.filter);
  input.closest(".tools").hidden = false;
  input.addEventListener("input", () => rows.filter(input.value));
  rows.show();
}
