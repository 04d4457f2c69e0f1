"use strict";

// Sorts, filters and compares. Without this script every page but that of the comparison is complete.
// What a reader has chosen is part of the address, so that a link shows the same.

const state = new URLSearchParams(location.search);

function keep(name, value) {
  if (value) state.set(name, value);
  else state.delete(name);
  const query = state.toString();
  history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// Theme: of the system until the reader chooses one; set before anything is drawn.

const THEMES = ["system", "light", "dark"];

function storedTheme() {
  try {
    return localStorage.getItem("theme") ?? "system";
  } catch {
    return "system"; // a browser that stores nothing for files
  }
}

function setTheme(theme) {
  document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
}

function setUpTheme() {
  const button = document.getElementById("theme");
  let theme = storedTheme();
  const show = () => { button.textContent = `Theme: ${theme}`; };
  show();
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try {
      localStorage.setItem("theme", theme);
    } catch { /* chosen for this page alone */ }
    setTheme(theme);
    show();
  });
}

// Tables.

function headsOf(table) {
  return Array.from(table.tHead.rows[0].cells);
}

function positionOf(table, name) {
  return headsOf(table).findIndex((head) => head.textContent === name);
}

function sortKey(row, position, words) {
  const cell = row.cells[position];
  return words ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.sort ?? NaN);
}

// Rows without a number come last in either direction: undefined is neither best nor worst.
function compareKeys(first, second, descending) {
  if (typeof first === "string") return (descending ? -1 : 1) * first.localeCompare(second);
  if (Number.isNaN(first) || Number.isNaN(second)) return Number.isNaN(first) - Number.isNaN(second);
  return descending ? second - first : first - second;
}

function sortBy(table, position, order) {
  for (const head of headsOf(table)) head.removeAttribute("aria-sort");
  headsOf(table)[position].setAttribute("aria-sort", order);
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const words = !rows.some((row) => row.cells[position].dataset.sort);
  const keyed = rows.map((row) => [sortKey(row, position, words), row]);
  keyed.sort((one, other) => compareKeys(one[0], other[0], order === "descending"));
  body.append(...keyed.map(([, row]) => row));
}

function setUpSorting(table, key) {
  headsOf(table).forEach((head, position) => {
    const button = make("button", { type: "button", textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const opposite = { ascending: "descending", descending: "ascending" };
      const order = opposite[head.getAttribute("aria-sort")] ?? head.dataset.first;
      sortBy(table, position, order);
      keep(`${key}.sort`, `${position}.${order}`);
    });
  });
  const [position, order] = (state.get(`${key}.sort`) ?? "").split(".");
  if (order in { ascending: 0, descending: 0 } && headsOf(table)[position]) sortBy(table, Number(position), order);
}

function setUpFilter(items, key, label, before, arrange = () => {}) {
  const output = make("output");
  output.setAttribute("aria-live", "polite");
  const input = make("input", { type: "search", autocomplete: "off", spellcheck: false, value: state.get(key) ?? "" });
  const apply = () => {
    const words = input.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
    }
    arrange(words[0]);
    output.textContent = shown < items.length ? `${shown} of ${items.length}` : `${items.length}`;
  };
  input.addEventListener("input", () => {
    keep(key, input.value.trim());
    apply();
  });
  before.append(make("label", {}, `${label} `, input), output);
  apply();
  return input;
}

function hideColumns(table, hidden) {
  for (const row of table.rows) {
    for (const position of row.cells.length ? Array.from(row.cells, (_, index) => index) : []) {
      row.cells[position].hidden = hidden.has(position);
    }
  }
}

function setUpColumns(table, key, bar) {
  const hidden = new Set((state.get(`${key}.hide`) ?? "").split(".").filter(Boolean).map(Number));
  const choices = headsOf(table).slice(1).map((head, index) => {
    const position = index + 1;
    const box = make("input", { type: "checkbox", checked: !hidden.has(position) });
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(position);
      else hidden.add(position);
      keep(`${key}.hide`, Array.from(hidden).join("."));
      hideColumns(table, hidden);
    });
    return make("label", {}, box, ` ${head.textContent}`);
  });
  bar.append(make("details", { className: "menu" }, make("summary", { textContent: "Columns" }), make("div", {}, ...choices)));
  if (hidden.size) hideColumns(table, hidden);
}

function setUpTable(box) {
  const table = box.querySelector("table");
  const rows = Array.from(table.tBodies[0].rows);
  const bar = make("div", { className: "filter" });
  box.prepend(bar);
  if (rows.length > 5) setUpFilter(rows, `${box.id}.find`, "Filter", bar);
  if (headsOf(table).length > 4) setUpColumns(table, box.id, bar);
  setUpSorting(table, box.id);
}

function setUpEntries(list) {
  const bar = make("div", { className: "filter" });
  list.before(bar);
  const items = Array.from(list.children);
  const isNamed = (item, word) => item.querySelector("a").textContent.toLowerCase().startsWith(word);
  // What is called so comes before what only mentions it.
  const arrange = (word) => list.append(...items.filter((item) => isNamed(item, word)), ...items.filter((item) => !isNamed(item, word)));
  const input = setUpFilter(items, "q", "Find", bar, arrange);
  if (list.dataset.entries === "pages") input.focus();
}

// Choices that are part of the address.

function setUpChoices(apply) {
  const box = document.getElementById("choices");
  const fields = Array.from(box.querySelectorAll("select, input"));
  for (const field of fields) {
    const chosen = state.get(field.name);
    const offered = !field.options || Array.from(field.options).some((option) => option.value === chosen);
    if (chosen !== null && offered) field.value = chosen;
    field.addEventListener("input", () => {
      keep(field.name, field.value);
      apply();
    });
  }
  box.hidden = false;
  document.getElementById("answer").hidden = false;
  return Object.fromEntries(fields.map((field) => [field.name, field]));
}

// Which proxy for my space.

const READABLE = { nothing: ["no data"], inputs: ["no data", "inputs"] };

function setUpChoose() {
  const sections = Array.from(document.querySelectorAll("section[data-family]"));
  const apply = () => {
    const budget = fields.budget.value ? fields.budget.value * (fields.speed.value || 1) : Infinity;
    const allowed = READABLE[fields.reads.value];
    for (const section of sections) {
      section.hidden = section.dataset.family !== fields.family.value;
      if (section.hidden) continue;
      const table = section.querySelector("table");
      const [time, reads, tables] = ["ms / network", "reads", "tables"].map((name) => positionOf(table, name));
      const left = Array.from(table.tBodies[0].rows).filter((row) => {
        const fits = budget === Infinity || Number(row.cells[time].dataset.sort ?? Infinity) <= budget;
        const may = !allowed || allowed.includes(row.cells[reads].textContent.trim());
        const known = !fields.complete.value || row.cells[tables].textContent === section.dataset.tables;
        row.classList.toggle("excluded", !(fits && may && known));
        return fits && may && known;
      });
      answer(section, table, left);
    }
  };
  const answer = (section, table, left) => {
    const said = document.getElementById("answer");
    if (!left.length) {
      said.textContent = "No method fits. Give a network more time, or let the method read more.";
      return;
    }
    const rank = positionOf(table, "mean rank");
    const best = left.reduce((one, other) => (Number(other.cells[rank].dataset.sort) < Number(one.cells[rank].dataset.sort) ? other : one));
    const cell = (name) => best.cells[positionOf(table, name)].textContent.trim();
    const [name, low, where] = [best.cells[0].textContent.trim(), cell("lowest spearman"), cell("where")];
    const spaces = Number(section.dataset.spaces);
    const doubt = spaces < 5 ? ` The evidence is ${spaces} space${spaces > 1 ? "s" : ""}: too little to rank proxies.` : "";
    said.textContent = `${left.length} fit. First is ${name}: mean Spearman ${cell("mean spearman")}, ${cell("ms / network")} ms a network; at worst ${low}, on ${where}.${doubt}`;
  };
  const fields = setUpChoices(apply);
  apply();
}

// Compare any two methods.

const SVG = "http://www.w3.org/2000/svg";

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function estimateCell(triple) {
  if (!triple) return make("td", { textContent: "–" });
  const [value, low, high] = triple.map((number) => number?.toFixed(3));
  const detail = low === undefined ? [] : [" ", make("span", { className: "detail", textContent: `[${low}, ${high}]` })];
  return make("td", {}, value, ...detail);
}

function intervalPicture(pair) {
  const picture = draw("svg", { viewBox: "0 0 200 24", class: "pair", "aria-hidden": "true" });
  const at = (number) => 100 + 98 * number;
  picture.append(draw("path", { class: "zero", d: "M100 0V24" }));
  pair.forEach((triple, index) => {
    if (!triple) return;
    const y = index ? 17 : 7;
    const [value, low, high] = triple;
    picture.append(draw("path", { class: `span series-${index}`, d: `M${at(low ?? value)} ${y}H${at(high ?? value)}` }));
    picture.append(draw("circle", { class: `series-${index}`, cx: at(value), cy: y, r: 4 }));
  });
  return picture;
}

function milliseconds(seconds) {
  return seconds === null ? "–" : Number((1000 * seconds).toPrecision(3)).toString();
}

function agreementOf(data, a, b) {
  if (a === b) return data.tasks.map(() => 1);
  const [first, second] = a < b ? [a, b] : [b, a];
  return data.methods[first].agreement[second];
}

function turned(number) {
  return number === null ? null : -number;
}

function differencesOf(data, a, b) {
  if (a === b) return data.tasks.map(() => null);
  if (a < b) return data.methods[a].differences[b];
  return data.methods[b].differences[a].map((known) => {
    if (!known) return null;
    const [[value, low, high], networks] = known;
    return [[-value, turned(high), turned(low)], networks];
  });
}

const CONTROLLED = "partial-spearman-depth";

function comparisonTable(data, a, b, metric) {
  const [first, second] = [data.methods[a], data.methods[b]];
  const alike = agreementOf(data, a, b);
  const apart = differencesOf(data, a, b);
  const heads = ["task", "networks of the board", "intervals, -1 to 1", a, b, "paired difference of spearman",
    "networks of the difference", "agreement", `${a}, given size and depth`, `${b}, given size and depth`, `ms, ${a}`, `ms, ${b}`];
  const rows = data.tasks.map((task, index) => {
    const pair = [first.values[metric][index], second.values[metric][index]];
    const link = make("a", { href: `tasks/${task.name}.html`, textContent: task.name });
    const controlled = [first, second].map((method) => method.values[CONTROLLED][index]);
    const times = [first, second].map((method) => milliseconds(method.seconds[index]));
    const cells = (own) => own.map((text) => make("td", { textContent: text }));
    return make("tr", {}, make("th", { scope: "row" }, link), make("td", { textContent: task.networks }),
      make("td", {}, intervalPicture(pair)), ...pair.map(estimateCell),
      estimateCell(apart[index]?.[0]), ...cells([apart[index]?.[1] ?? "–", alike[index]?.toFixed(3) ?? "–"]),
      ...controlled.map(estimateCell), ...cells(times));
  });
  const caption = make("caption", { textContent: `${metric} of ${a} (above) and ${b} (below) on every space` });
  return make("table", {}, caption,
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col", textContent: head })))),
    make("tbody", {}, ...rows));
}

function comparisonText(data, a, b, metric) {
  const [first, second] = [data.methods[a].values[metric], data.methods[b].values[metric]];
  const both = first.map((one, index) => [one, second[index]]).filter(([one, other]) => one && other);
  const ahead = both.filter(([one, other]) => one[0] > other[0]).length;
  const known = differencesOf(data, a, b).filter((difference) => difference).map(([triple]) => triple);
  const [above, below] = [known.filter((triple) => triple[1] > 0).length, known.filter((triple) => triple[2] < 0).length];
  const apart = known.length
    ? ` Of ${known.length} paired differences of Spearman, the interval lies above zero on ${above} and below on ${below}.`
    : "";
  const alike = agreementOf(data, a, b).filter((number) => number !== null && number !== undefined);
  const mean = alike.length ? (alike.reduce((one, other) => one + other, 0) / alike.length).toFixed(2) : "unknown";
  return `${a} is ahead on ${ahead} of the ${both.length} boards that have ${metric} of both.${apart} `
    + `Mean agreement of their scores: ${mean}. Mean ranks over all spaces: ${data.methods[a].rank} and ${data.methods[b].rank}.`;
}

function setUpCompare() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const apply = () => {
    const [a, b, metric] = [fields.a.value, fields.b.value, fields.metric.value];
    const unknown = [state.get("a"), state.get("b")].filter((name) => name && !Object.hasOwn(data.methods, name));
    const lacking = unknown.length ? `The link names ${unknown.join(" and ")}, which this site lacks. ` : "";
    document.getElementById("answer").textContent = lacking + comparisonText(data, a, b, metric);
    const scroll = make("div", { className: "scroll", tabIndex: 0 }, comparisonTable(data, a, b, metric));
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `${a} and ${b} on every space`);
    document.getElementById("comparison").replaceChildren(scroll);
  };
  document.querySelector("[name=b]").selectedIndex = 1;
  const fields = setUpChoices(apply);
  document.getElementById("swap").addEventListener("click", () => {
    [fields.a.value, fields.b.value] = [fields.b.value, fields.a.value];
    keep("a", fields.a.value);
    keep("b", fields.b.value);
    apply();
  });
  apply();
}

setTheme(storedTheme());

document.addEventListener("DOMContentLoaded", () => {
  setUpTheme();
  document.querySelectorAll("[data-table]").forEach(setUpTable);
  document.querySelectorAll("[data-entries]").forEach(setUpEntries);
  if (document.querySelector("section[data-family]")) setUpChoose();
  if (document.getElementById("comparison")) setUpCompare();
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    location.href = `${document.body.dataset.root}search.html`;
  });
});
