"use strict";
function value(row, column) {
  const cell = row.cells[column];
  return cell.dataset.sort ?? cell.textContent.trim();
}
function sortBy(table, column, rising) {
  const rows = [...table.tBodies[0].rows];
  const numeric = table.tHead.rows[0].cells[column].dataset.kind === "number";
  const order = (a, b) => numeric
    ? Number(value(a, column)) - Number(value(b, column))
    : value(a, column).localeCompare(value(b, column), undefined, { numeric: true });
  rows.sort((a, b) => (rising ? order(a, b) : order(b, a)));
  table.tBodies[0].append(...rows);
}
for (const table of document.querySelectorAll("table.matrix")) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => header.querySelector("button")?.addEventListener("click", () => {
    const rising = header.getAttribute("aria-sort") !== "ascending";
    headers.forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", rising ? "ascending" : "descending");
    sortBy(table, column, rising);
  }));
}
for (const input of document.querySelectorAll("input[type=search]")) {
  const table = document.getElementById(input.dataset.table);
  const told = document.getElementById(input.dataset.told);
  input.closest(".tools").hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.dataset.search.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    told.textContent = words.length ? `${shown} shown` : "";
  });
}
