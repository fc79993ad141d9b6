// Keys and copy buttons. Everything here is a comfort: each page reads and decides without it.
"use strict";

const find = (selector, root = document) => root.querySelector(selector);
const rows = () => [...document.querySelectorAll(".row")];

function prepare(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  pairScrolling(root);
}

// The suspect's and the official screenshot scroll together, by share of their height.
function pairScrolling(root) {
  const views = [...root.querySelectorAll("[data-scroll='pair']")];
  let leader = null;
  for (const view of views) {
    view.addEventListener("pointerenter", () => { leader = view; });
    view.addEventListener("focus", () => { leader = view; });
    view.addEventListener("scroll", () => {
      if (view !== leader) return;
      const share = view.scrollTop / Math.max(1, view.scrollHeight - view.clientHeight);
      for (const other of views) if (other !== view) other.scrollTop = share * (other.scrollHeight - other.clientHeight);
    });
  }
}

let loading = null;

async function openRow(row) {
  const link = find(".row-link", row);
  const pane = find("#reading");
  if (!pane || getComputedStyle(pane).display === "none") { link.focus(); mark(row); return; }
  mark(row);
  link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  loading?.abort();
  loading = new AbortController();
  const next = rows()[rows().indexOf(row) + 1] ?? rows()[rows().indexOf(row) - 1];
  const address = link.dataset.pane + (next ? `&next=${next.dataset.lead}` : "");
  try {
    const answer = await fetch(address, { signal: loading.signal, headers: { accept: "text/html" } });
    if (!answer.ok) { location.assign(link.href); return; }
    pane.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(link.href);
    return;
  }
  pane.scrollTop = 0;
  prepare(pane);
  history.replaceState(null, "", link.href);
}

// A page that is on its way is not called back by a pane that arrives late.
addEventListener("beforeunload", () => loading?.abort());

function mark(row) {
  for (const other of rows()) {
    other.classList.toggle("is-open", other === row);
    find(".row-link", other).toggleAttribute("aria-current", other === row);
  }
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-open"));
  const to = all[Math.min(all.length - 1, Math.max(0, at + step))];
  if (to && to !== all[at]) openRow(to);
}

// `c`, `d`, `o` open the reasons; `s`, `u` press the button.
function act(key) {
  const target = find(`[data-key="${key}"]`, find(".toast") ?? document) ?? find(`[data-key="${key}"]`);
  if (!target) return false;
  if (target.tagName !== "DETAILS") { target.click(); return true; }
  target.open = true;
  find("input[type=radio]:checked", target)?.focus();
  target.scrollIntoView({ block: "nearest" });
  return true;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => { find("#search")?.focus(); find("#search")?.select(); },
  "?": () => location.assign("/help#keys"),
  Enter: () => { const lead = find("#reading .lead"); if (lead) location.assign(`/leads/${lead.dataset.lead}`); },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target;
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details[data-key][open], .menu[open], .search-help[open]")) open.open = false;
    at.blur();
    return;
  }
  const isChoice = at.matches?.("input[type=radio]");
  if (event.key === "Enter" && isChoice) { event.preventDefault(); at.form.requestSubmit(); return; }
  if (at.matches?.("input, select, textarea") && !isChoice) return;
  if (event.key === "Enter" && at.matches?.("a:not(.row-link), button, summary")) return;
  const run = KEYS[event.key];
  if (run ? (run(), true) : /^[a-z]$/.test(event.key) && act(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const copy = event.target.closest?.("[data-copy]");
  if (copy) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      const before = copy.textContent;
      copy.textContent = "已复制";
      setTimeout(() => { copy.textContent = before; }, 1500);
    });
    return;
  }
  const link = event.target.closest?.(".row-link");
  const pane = find("#reading");
  if (link && pane && getComputedStyle(pane).display !== "none" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openRow(link.closest(".row"));
  }
});

// A decision sent twice is one decision.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.target.action.includes("/exports/")) return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
});

// A run that is going on: its numbers follow it; when it ends, the page shows its report.
function follow(page) {
  const events = new EventSource(page.dataset.live);
  events.addEventListener("end", () => { events.close(); location.reload(); });
  events.addEventListener("message", (event) => {
    for (const run of JSON.parse(event.data)) {
      const shown = [...document.querySelectorAll("[data-run]")].find((one) => one.dataset.run === run.id);
      const bar = shown && find("progress", shown);
      if (!bar) continue;
      bar.max = Math.max(1, run.all);
      bar.value = run.done;
      find("[data-count]", shown).textContent = `已完成 ${run.done} / ${run.all}`;
      for (const row of shown.querySelectorAll("[data-kind]")) {
        const counts = run.kinds[row.dataset.kind];
        if (counts) [row.cells[1].textContent, row.cells[2].textContent] = counts;
      }
    }
  });
}
if (find("[data-live]") && "EventSource" in window) follow(find("[data-live]"));

if (matchMedia("(max-width: 760px)").matches) find(".facets-fold")?.removeAttribute("open");
prepare(document);
