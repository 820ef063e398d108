"use strict";

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
let data = JSON.parse(byId("data").textContent);

/* An element with text and children; text never becomes markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/* ---- light and dark ---- */

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
let chosenTheme = null;

function applyTheme(theme = chosenTheme ?? (darkSystem.matches ? "dark" : "light")) {
  root.dataset.theme = theme;
  for (const place of all(".plot.js-plotly-plot")) draw(place);
}

/* ---- tabs ---- */

const tabs = () => all('[role="tab"]');

function select(tab, focus = false) {
  for (const other of tabs()) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", chosen);
    other.tabIndex = chosen ? 0 : -1;
    byId(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  drawVisible();
}

function bindTabs() {
  for (const tab of tabs()) {
    tab.addEventListener("click", () => {
      select(tab);
      history.replaceState(null, "", `#${tab.id.slice(4)}`);
    });
    tab.addEventListener("keydown", (event) => {
      const list = tabs();
      const place = list.indexOf(tab);
      const next = { ArrowRight: place + 1, ArrowLeft: place - 1 + list.length, Home: 0, End: list.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const chosen = list[next % list.length];
      select(chosen, true);
      history.replaceState(null, "", `#${chosen.id.slice(4)}`);
    });
  }
}

function followHash() {
  const [name, value] = decodeURIComponent(location.hash.slice(1)).split("=");
  if (name === "attempt") showAttempt(value);
  else select(byId(`tab-${name}`) ?? tabs()[0]);
}

/* ---- charts: plotly draws what data.charts holds, in the colours of the page ---- */

let library = null;

async function unpackPlotly() {
  const packed = byId("plotly");
  if (packed) {
    const bytes = Uint8Array.from(atob(packed.textContent), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    document.head.append(make("script", {}, await new Response(stream).text()));
  } else if (!window.Plotly) {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  return window.Plotly;
}

const probe = make("span", { hidden: true });
document.body.append(probe);

function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

function coloured(value) {
  if (typeof value === "string") return value.startsWith("@") ? colour(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map(coloured);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, coloured(inner)]));
  }
  return value;
}

function layoutOf(chart) {
  const axis = { gridcolor: colour("grid"), linecolor: colour("quiet"), zeroline: false, automargin: true };
  const layout = coloured(chart.layout);
  return {
    ...layout,
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
    shapes: layout.shapes.map((shape) => ({ layer: "between", ...shape, label: { font: { size: 12 }, ...shape.label } })),
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("ink") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 20, r: 12, t: 12, b: 20 },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { size: 12.5 } },
    showlegend: true,
    hovermode: "closest",
    hoverlabel: { bgcolor: colour("paper"), bordercolor: colour("quiet"), font: { color: colour("ink") } },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    uirevision: "keep",
  };
}

async function draw(place) {
  const chart = data.charts[place.dataset.chart];
  try {
    library ??= unpackPlotly();
    const plotly = await library;
    const buttons = ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d"];
    const settings = { displaylogo: false, responsive: true, modeBarButtonsToRemove: buttons };
    await plotly.react(place, coloured(chart.data.filter(isShown)), layoutOf(chart), settings);
  } catch (error) {
    place.textContent = `This browser cannot draw the chart (${error.message}); the figures are in the tables.`;
  }
}

const drawVisible = () => Promise.all(all(".plot").filter((place) => place.offsetParent).map(draw));

/* ---- copy buttons ---- */

async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
    getSelection().removeAllRanges();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1600);
}

/* ---- the table of attempts ---- */

const PAGE = 100;
let shownRows = PAGE;

const exponent = (value) => (value === 0 ? "0" : value.toExponential(1));
const errorOf = (size) => (data.relative ? (size.relative_error ?? size.error) : size.error);
const perSize = (attempt, value) => attempt.sizes.map(value).join(" / ");
const worst = (attempt, value) => (attempt.sizes.length ? Math.max(...attempt.sizes.map(value)) : Infinity);

/* name, what a cell shows, and what rows are sorted by */
const columns = [
  ["attempt", (a) => make("button", { type: "button", class: "row", "aria-expanded": "false" }, a.id), null],
  ["step", (a) => a.step, null],
  ["outcome", (a) => (a.reason ?? a.outcome).replaceAll("_", " "), null],
  ["reward", (a) => (a.reward === null ? "" : a.reward.toFixed(3)), (a) => -(a.reward ?? -Infinity)],
  ["error", (a) => perSize(a, (s) => exponent(errorOf(s))), (a) => worst(a, errorOf)],
  ["two-qubit gates", (a) => perSize(a, (s) => s.two_qubit_gates), (a) => worst(a, (s) => s.two_qubit_gates)],
  ["depth", (a) => perSize(a, (s) => s.depth), (a) => worst(a, (s) => s.depth)],
  ["parameters", (a) => perSize(a, (s) => s.parameters), (a) => worst(a, (s) => s.parameters)],
  ["known as", (a) => a.known_as ?? "", null],
];
let sorted = null;

function matching() {
  const [outcome, reason, from, to, text] = ["outcome", "reason", "from", "to", "text"].map((k) => byId(`filter-${k}`).value);
  const wanted = text.trim().toLowerCase();
  return data.attempts.filter(
    (a) =>
      (!outcome || a.outcome === outcome) &&
      (!reason || a.reason === reason) &&
      (from === "" || a.step >= Number(from)) &&
      (to === "" || a.step <= Number(to)) &&
      (!wanted || [a.id, a.message, a.code, a.known_as ?? ""].some((t) => t.toLowerCase().includes(wanted))),
  );
}

function detail(attempt) {
  const energies = attempt.sizes.map((s) => `${s.num_qubits} qubits: energy ${s.energy}, error ${s.error}`);
  const parents = attempt.parents.length ? `its prompt showed ${attempt.parents.join(", ")}` : "its prompt showed no circuit";
  const words = [attempt.message, ...energies, `stage ${attempt.stage}`, parents].filter(Boolean).join(" · ");
  const button = make("button", { type: "button", class: "copy", "aria-label": `Copy ${attempt.id}` }, "Copy");
  const code = make("div", { class: "code" }, button, make("pre", { tabindex: "0" }, make("code", {}, attempt.code)));
  return make("td", { colspan: columns.length, class: "detail" }, make("p", { class: "note" }, words), code);
}

function toggle(button, attempt) {
  const row = button.closest("tr");
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", !open);
  row.classList.toggle("open", !open);
  if (open) row.nextSibling.remove();
  else row.after(make("tr", {}, detail(attempt)));
}

function rowOf(attempt) {
  const row = make("tr", {}, ...columns.map(([, cell]) => make("td", {}, cell(attempt))));
  const button = row.querySelector("button");
  button.addEventListener("click", () => toggle(button, attempt));
  return row;
}

/* A heading that sorts, best first, and on a second press goes back to the order of the run. */
function headingOf(column) {
  if (!column[2]) return make("th", { scope: "col" }, column[0]);
  const chosen = sorted === column;
  const press = () => {
    sorted = chosen ? null : column;
    fillAttempts();
  };
  const button = make("button", { type: "button", onclick: press }, column[0], chosen ? " ▾" : " ▿");
  return make("th", { scope: "col", "aria-sort": chosen ? "ascending" : null }, button);
}

function fillAttempts() {
  const place = byId("attempt-table");
  if (!place) return;
  const found = matching();
  if (sorted) found.sort((a, b) => sorted[2](a) - sorted[2](b) || 0);
  const head = make("tr", {}, ...columns.map(headingOf));
  const body = make("tbody", {}, ...found.slice(0, shownRows).map(rowOf));
  place.replaceChildren(make("table", {}, make("thead", {}, head), body));
  byId("attempt-count").textContent = `${found.length} of ${data.attempts.length} match`;
  byId("attempt-more").hidden = found.length <= shownRows;
}

function fillChoices() {
  for (const key of ["outcome", "reason"]) {
    const select = byId(`filter-${key}`);
    const known = new Set([...select.options].map((option) => option.value));
    const values = new Set(data.attempts.map((a) => a[key]).filter((v) => v && !known.has(v)));
    select.append(...[...values].sort().map((v) => make("option", { value: v }, v.replaceAll("_", " "))));
  }
}

function bindFilters() {
  const form = document.querySelector(".filters");
  if (!form) return;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    shownRows = PAGE;
    fillAttempts();
  });
  byId("attempt-more").addEventListener("click", () => {
    shownRows += PAGE;
    fillAttempts();
  });
  fillChoices();
  fillAttempts();
}

function showAttempt(id) {
  select(byId("tab-attempts"));
  byId("filter-text").value = id;
  fillAttempts();
  document.querySelector("#attempt-table button.row")?.click();
}

/* ---- the dashboard: the same page again, in place ---- */

let seenTag = null;

async function refresh() {
  const seconds = Number(document.body.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    try {
      const answer = await fetch(location.pathname + location.search, { cache: "no-cache" });
      const tag = answer.headers.get("ETag");
      if (answer.ok && tag !== seenTag) renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
      seenTag = tag;
    } catch {
      document.querySelector(".eyebrow").textContent += " (the dashboard does not answer)";
      return;
    }
    refresh();
  }, seconds * 1000);
}

function renew(page) {
  data = JSON.parse(page.getElementById("data").textContent);
  document.body.dataset.refresh = page.body.dataset.refresh;
  const kept = ["panel-attempts"];
  for (const part of all(".top .wide, [data-live], [role=tabpanel]")) {
    const fresh = part.id ? page.getElementById(part.id) : page.querySelector(".top .wide");
    if (!fresh || kept.includes(part.id)) continue;
    replace(part, fresh);
  }
  bindButtons();
  fillChoices();
  if (!document.querySelector("#attempt-table [aria-expanded=true]")) fillAttempts();
  drawVisible();
}

/* New content in an old place; charts stay the elements they were (and keep their zoom), what was open stays open. */
function replace(part, fresh) {
  const open = new Set(all("details[open] > summary", part).map((summary) => summary.textContent));
  const ticked = new Map(all("input[type=checkbox]", part).map((box) => [box.value, box.checked]));
  const places = new Map(all(".plot", part).map((place) => [place.dataset.chart, place]));
  for (const place of all(".plot", fresh)) place.replaceWith(places.get(place.dataset.chart) ?? place);
  for (const summary of all("details > summary", fresh)) summary.parentElement.open ||= open.has(summary.textContent);
  for (const box of all("input[type=checkbox]", fresh)) box.checked = ticked.get(box.value) ?? box.checked;
  part.replaceChildren(...fresh.childNodes);
}

/* ---- the list of runs: which of them the chart compares ---- */

function isShown(trace) {
  const box = all(".run-list input").find((one) => one.value === trace.name);
  return !box || box.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".run-list input")) drawVisible();
});

function bindButtons() {
  byId("theme").onclick = () => {
    chosenTheme = root.dataset.theme === "dark" ? "light" : "dark";
    applyTheme();
  };
}

document.addEventListener("click", (event) => {
  if (event.target.matches(".copy")) copy(event.target);
});
addEventListener("hashchange", followHash);
addEventListener("beforeprint", () => {
  applyTheme("light");
  for (const panel of all("[role=tabpanel]")) panel.hidden = false;
  drawVisible();
});
addEventListener("afterprint", () => {
  applyTheme();
  followHash();
});
darkSystem.addEventListener("change", () => applyTheme());

applyTheme();
bindButtons();
bindTabs();
bindFilters();
if (tabs().length) followHash();
else drawVisible();
refresh();
