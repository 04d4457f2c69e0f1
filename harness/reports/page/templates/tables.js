"use strict";

// Sorts and filters the tables. Without this script they are complete, in the order of the board.

function sortValue(row, position) {
  const cell = row.cells[position];
  return cell.tagName === "TH" ? cell.textContent : Number(cell.dataset.sort ?? NaN);
}

// Rows without a number come last in either direction: undefined is neither best nor worst.
function compareRows(first, second, descending) {
  if (typeof first === "string") {
    return descending ? second.localeCompare(first) : first.localeCompare(second);
  }
  if (Number.isNaN(first) || Number.isNaN(second)) {
    return Number.isNaN(first) - Number.isNaN(second);
  }
  return descending ? second - first : first - second;
}

function sortBy(table, head) {
  const order = head.getAttribute("aria-sort");
  const opposite = { ascending: "descending", descending: "ascending" };
  const next = order ? opposite[order] : head.dataset.first;
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", next);
  const body = table.tBodies[0];
  const keyed = Array.from(body.rows, (row) => [sortValue(row, head.cellIndex), row]);
  keyed.sort((one, other) => compareRows(one[0], other[0], next === "descending"));
  body.append(...keyed.map(([, row]) => row));
}

function filterRows(section, text, output) {
  const wanted = text.trim().toLowerCase();
  const rows = section.querySelectorAll("table.sortable tbody tr");
  let shown = 0;
  for (const row of rows) {
    row.hidden = !row.dataset.plugin.toLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  output.textContent = `${shown} of ${rows.length} plugins shown`;
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const head of table.tHead.rows[0].cells) {
    head.querySelector("button").addEventListener("click", () => sortBy(table, head));
  }
}

for (const section of document.querySelectorAll("section.task")) {
  const box = section.querySelector(".filter");
  const [input, output] = [box.querySelector("input"), box.querySelector("output")];
  box.hidden = false;
  output.textContent = `${section.querySelectorAll("table.sortable tbody tr").length} plugins`;
  input.addEventListener("input", () => filterRows(section, input.value, output));
}
