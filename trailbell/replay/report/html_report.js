// The report is complete without this script. It sorts and filters what is there, shows the bar
// that the pointer or the keyboard is on, and copies lines. Functions that need no page come first.

// Compare two keys of a column: numbers by size, texts as people order them.
function compareKeys(a, b) {
  const numbers = [Number(a), Number(b)];
  if (a !== "" && b !== "" && !numbers.some(Number.isNaN)) return numbers[0] - numbers[1];
  return a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
}

// The order of rows by their keys. Equal rows keep their order in both directions.
function sortedOrder(keys, direction) {
  const sign = direction === "descending" ? -1 : 1;
  return keys.map((_, index) => index).sort((a, b) => sign * compareKeys(keys[a], keys[b]) || a - b);
}

// The direction after another click on a head.
function nextDirection(now, first) {
  if (now === null) return first;
  return now === "ascending" ? "descending" : "ascending";
}

// Whether an item is shown: it has every word, the severity and the account.
function isShown(item, filter) {
  return (!filter.severity || item.severity === filter.severity)
    && (!filter.account || item.accounts.split(" ").includes(filter.account))
    && filter.text.toLowerCase().split(/\s+/).every((word) => item.text.includes(word));
}

function sortTables() {
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const original = [...body.rows];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const direction = nextDirection(head.getAttribute("aria-sort"), head.dataset.first);
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", direction);
        const keys = original.map(({ cells }) => cells[column].dataset.v ?? cells[column].textContent);
        body.append(...sortedOrder(keys, direction).map((index) => original[index]));
      });
    });
  }
}

// Elements of the same detection are shown together; a notification is an item of its own.
function collectItems() {
  const items = new Map();
  for (const element of document.querySelectorAll("[data-item], [data-row]")) {
    const key = element.dataset.item ?? element;
    const item = items.get(key) ?? { elements: [], text: "", isRow: key === element };
    // The row of the table has these; a line of the timeline and the details belong to a row.
    item.severity ??= element.dataset.s;
    item.accounts ??= element.dataset.a;
    item.text += `${element.textContent.toLowerCase()}\n`;
    item.elements.push(element);
    items.set(key, item);
  }
  return [...items.values()];
}

function filterItems() {
  const form = document.querySelector(".filters");
  if (!form) return;
  const items = collectItems();
  const status = form.querySelector(".shown");
  const apply = () => {
    const filter = Object.fromEntries(new FormData(form));
    const shown = [0, 0];
    const all = [0, 0];
    for (const item of items) {
      const visible = isShown(item, filter);
      item.elements.forEach((element) => { element.hidden = !visible; });
      all[Number(item.isRow)] += 1;
      shown[Number(item.isRow)] += Number(visible);
    }
    const isFiltered = shown[0] < all[0] || shown[1] < all[1];
    status.textContent = isFiltered
      ? `${shown[0]} of ${all[0]} detections and ${shown[1]} of ${all[1]} listed notifications are`
        + " shown. The figures of a detection are those of all its hits."
      : "";
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  apply();
}

function switchScheme() {
  const button = document.querySelector(".scheme");
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.scheme
      ? root.dataset.scheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.scheme = isDark ? "light" : "dark";
  });
}

function readBars() {
  const readout = document.querySelector(".readout");
  if (!readout) return;
  readout.hidden = false;
  readout.textContent = "Point at a bar or touch it, or use Tab and the arrow keys.";
  const show = (bar) => {
    document.querySelectorAll("g.at").forEach((each) => each.classList.remove("at"));
    bar.classList.add("at");
    readout.textContent = bar.querySelector("title").textContent;
  };
  for (const strip of document.querySelectorAll("svg.strip")) {
    const bars = [...strip.querySelectorAll("g")];
    let at = -1;
    strip.tabIndex = 0;
    bars.forEach((bar, index) => ["pointerenter", "click"].forEach((name) => {
      bar.addEventListener(name, () => { at = index; show(bar); });
    }));
    strip.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      at = Math.min(Math.max(to, 0), bars.length - 1);
      show(bars[at]);
    });
  }
}

function copyLines() {
  for (const lines of document.querySelectorAll("pre.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button";
    button.textContent = "Copy the lines";
    lines.after(button);
    button.addEventListener("click", async () => {
      // Without permission for the clipboard the lines are selected, so that a key copies them.
      getSelection().selectAllChildren(lines);
      try {
        await navigator.clipboard.writeText(lines.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Selected: copy with the keyboard";
      }
    });
  }
}

// A link into folded details opens them; browsers do that only for the first time.
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  target.closest("details")?.scrollIntoView();
}

if (typeof document === "object") {
  sortTables();
  filterItems();
  switchScheme();
  readBars();
  copyLines();
  openTarget();
  addEventListener("hashchange", openTarget);
  // The hash does not change when the same link is followed again.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a[href^='#d-']")) setTimeout(openTarget);
  });
}
