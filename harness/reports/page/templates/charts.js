
// Draws a chart when it comes into sight, and again when the colours of the page change.

const data = JSON.parse(document.getElementById("data").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const drawn = new Map();

// The value of a property still says both light and dark; a colour that is used is one of them.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const used = getComputedStyle(probe).color;
  probe.remove();
  return used;
}

// Names of styles are those that the specifications give to their marks.
function theme() {
  const [ink, muted, line, accent] = ["ink", "muted", "line", "accent"].map(colour);
  const text = { labelColor: muted, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500 };
  return {
    background: null,
    font: getComputedStyle(document.body).fontFamily,
    view: { stroke: null },
    aria: false,
    axis: { ...text, domainColor: line, tickColor: line, gridColor: line, gridOpacity: 0.6 },
    legend: text,
    range: { diverging: [colour("below"), colour("middle"), accent] },
    style: {
      architecture: { filled: true, color: accent, opacity: 0.55 },
      behind: { filled: true, color: muted, size: 40, opacity: 0.9 },
      leader: { filled: true, color: accent, size: 80, opacity: 1 },
      front: { color: accent, strokeWidth: 2 },
      error: { color: muted, opacity: 0.7 },
      ceiling: { color: colour("below"), strokeDash: [6, 4], strokeWidth: 1.5 },
      whole: { color: muted, opacity: 0.35 },
      stem: { color: muted, strokeWidth: 1 },
      group: { color: accent, strokeWidth: 5, strokeCap: "round" },
      label: { color: ink, fontSize: 12 },
      cell: { stroke: colour("page"), strokeWidth: 1 },
    },
  };
}

async function draw(box, make) {
  drawn.set(box, make);
  const { spec, rows } = make();
  const options = { actions: false, ast: true, renderer: "svg", config: theme(), tooltip: { theme: dark.matches ? "dark" : "light" } };
  box.vega?.finalize();
  box.vega = await vegaEmbed(box, { ...spec, data: { values: rows } }, options);
  box.querySelector("svg").setAttribute("aria-hidden", "true"); // the box carries the description
  box.dataset.drawn = "";
}

function plain(box) {
  const spec = { ...data.charts[box.dataset.chart] };
  const rows = data.rows[box.dataset.rows];
  if (rows[0].ceiling === null) spec.layer = spec.layer.filter((layer) => layer.name !== "ceiling");
  if (box.dataset.chart === "standings") spec.height = 24 * Math.max(...rows.map((row) => row.y));
  return { spec, rows };
}

// Equal scores share the mean of their ranks; rank 1 is the best.
function ranks(scores) {
  const order = scores.map((_, index) => index).sort((one, other) => scores[other] - scores[one]);
  const found = new Array(scores.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end += 1;
    for (const index of order.slice(start, end)) found[index] = (start + 1 + end) / 2;
    start = end;
  }
  return found;
}

function scatterRows(scatter, plugin, axis) {
  const { architectures, scores } = data.cohorts[scatter.cohort];
  const rows = architectures
    .map((architecture, index) => ({ architecture, score: scores[plugin][index], y: scatter.truth[index] }))
    .filter((row) => row.score !== null);
  const places = ranks(rows.map((row) => row.score));
  return rows.map((row, index) => ({ ...row, rank: places[index], x: axis === "rank" ? places[index] : row.score }));
}

function scatterChart(scatter, plugin, axis) {
  const spec = structuredClone(data.charts.scatter);
  const { x, y } = spec.encoding;
  const titles = { rank: "rank of the score, best at the right", score: "score, higher is better", log: "score, logarithmic" };
  x.title = `${plugin}: ${titles[axis]}`;
  y.title = scatter.title;
  if (axis === "rank") x.scale.reverse = true;
  if (axis === "log") x.scale = { type: "log", nice: false, padding: 8 };
  const rows = scatterRows(scatter, plugin, axis);
  spec.mark.size = Math.min(70, Math.max(14, 6000 / rows.length));
  return { spec, rows };
}

function setUpScatter(figure) {
  const scatter = data.scatters[figure.dataset.task];
  const [plugin, axis] = [figure.querySelector("[name=plugin]"), figure.querySelector("[name=axis]")];
  const box = figure.querySelector(".chart");
  const describe = () => {
    const scores = data.cohorts[scatter.cohort].scores[plugin.value].filter((one) => one !== null);
    const positive = scores.every((one) => one > 0);
    axis.querySelector("[value=log]").disabled = !positive;
    if (!positive && axis.value === "log") axis.value = "score";
    figure.querySelector(".finding").textContent = `${plugin.value}: ${scatter.captions[plugin.value]}.`;
  };
  describe();
  figure.addEventListener("change", () => {
    describe();
    draw(box, make);
  });
  const make = () => scatterChart(scatter, plugin.value, axis.value);
  return make;
}

const makers = new Map();
for (const box of document.querySelectorAll(".chart")) {
  const figure = box.closest("figure.scatter");
  makers.set(box, figure ? setUpScatter(figure) : () => plain(box));
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target, makers.get(target));
  }
}, { rootMargin: "300px" });
for (const box of makers.keys()) seen.observe(box);

dark.addEventListener("change", () => drawn.forEach((make, box) => draw(box, make)));
window.addEventListener("beforeprint", () => makers.forEach((make, box) => drawn.has(box) || draw(box, make)));
