// Sorts a table by the column whose heading is pressed: upwards, downwards, then as the report has it.
// What sorts, and by which keys, stands in data attributes; without this script the tables are as they are.
"use strict";

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
const nextOrder = { none: "ascending", ascending: "descending", descending: "none" };

function text(cell) {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll(".sign, .mark, .vh").forEach((extra) => extra.remove());
  return copy.textContent.trim();
}

// The key of a cell, or null where there is nothing to sort by.
function keyOf(cell, kind) {
  const shown = cell.dataset.value ?? text(cell);
  if (shown === "" || kind === "text") return shown || null;
  const number = Number(shown.replace(/[,%]/g, ""));
  return Number.isFinite(number) ? number : null;
}

function sortRows(rows, column, kind, order) {
  const sign = order === "descending" ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column], kind) }));
  const known = keyed.filter(({ key }) => key !== null);
  known.sort((a, b) => sign * (kind === "text" ? collator.compare(a.key, b.key) : a.key - b.key));
  return [...known, ...keyed.filter(({ key }) => key === null)].map(({ row }) => row);
}

function makeSortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows].filter((row) => !("stays" in row.dataset));
  const totals = [...body.rows].filter((row) => "stays" in row.dataset);
  const heads = [...table.tHead.rows[0].cells];
  for (const head of heads.filter((each) => each.dataset.sort)) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const order = nextOrder[head.getAttribute("aria-sort") ?? "none"];
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      if (order !== "none") head.setAttribute("aria-sort", order);
      const sorted = order === "none" ? rows : sortRows(rows, head.cellIndex, head.dataset.sort, order);
      body.append(...sorted, ...totals);
    });
  }
}

new Set([...document.querySelectorAll("th[data-sort]")].map((head) => head.closest("table"))).forEach(makeSortable);
