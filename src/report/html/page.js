// What makes the page answer. It reads without this. Nothing is fetched and nothing is remembered.
"use strict";
(() => {
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const heard = make("p", { class: "heard", role: "status", "aria-live": "polite" });
  // Inside a landmark, so that nothing of the page stands outside of one.
  (document.querySelector("footer") || document.body).append(heard);
  const say = (text) => { heard.textContent = text; };

  // Light, dark, or as the system has it.
  const themes = ["auto", "light", "dark"];
  const theme = make("button", { class: "theme", type: "button" });
  const wear = (name) => {
    if (name === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", name);
    theme.textContent = `Theme: ${name}`;
    theme.dataset.now = name;
  };
  theme.addEventListener("click", () => wear(themes[(themes.indexOf(theme.dataset.now) + 1) % 3]));
  wear("auto");
  document.querySelector("header").append(theme);

  // The number that a cell begins with: "−1 310.5 ± 2" is −1310.5. Null if it is none.
  const number = (text) => {
    const plain = text.replace(/[\s\u2009\u00a0\u202f]/g, "").replace(/\u2212/g, "-").replace(/^[<>≈~(=]+/, "");
    const found = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(plain);
    return found ? Number(found[0]) : null;
  };
  const sorted = (rows, column, up) => {
    const keys = rows.map((row) => (row.cells[column] ? row.cells[column].innerText.trim() : ""));
    const numbers = keys.map(number);
    const known = keys.filter((key) => key !== "" && key !== "–").length;
    const isNumeric = known > 0 && numbers.filter((one) => one !== null).length >= known / 2;
    const order = rows.map((_, at) => at);
    const compare = (a, b) => {
      if (!isNumeric) return keys[a].localeCompare(keys[b], "en", { numeric: true });
      if (numbers[a] === null || numbers[b] === null) return 0;
      return numbers[a] - numbers[b];
    };
    // What is not known stays at the end either way.
    const isKnown = (at) => (isNumeric ? numbers[at] !== null : keys[at] !== "");
    order.sort((a, b) => {
      if (isKnown(a) !== isKnown(b)) return isKnown(a) ? -1 : 1;
      return (up ? compare(a, b) : compare(b, a)) || a - b;
    });
    return order.map((at) => rows[at]);
  };
  const csv = (table) => {
    const field = (cell) => {
      const text = cell.innerText.trim().replace(/\s*\n\s*/g, " ").replace(/\u200b/g, "").replace(/[\u2009\u00a0\u202f]/g, " ")
        .replace(/(\d) (?=\d{3}(\D|$))/g, "$1").replace(/\u2212/g, "-");
      return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    return [...table.rows].map((row) => [...row.cells].map(field).join(",")).join("\r\n") + "\r\n";
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const box = make("textarea", { "aria-hidden": "true" });
      box.value = text;
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      return done;
    }
  };
  for (const table of document.querySelectorAll("table.data")) {
    const body = table.tBodies[0];
    const titles = table.tHead ? [...table.tHead.rows[0].cells] : [];
    for (const [column, title] of titles.entries()) {
      if (title.tagName !== "TH") continue;
      const button = make("button", { type: "button" });
      button.append(...title.childNodes);
      title.append(button);
      button.addEventListener("click", () => {
        const up = title.getAttribute("aria-sort") !== "ascending";
        for (const other of titles) other.removeAttribute("aria-sort");
        title.setAttribute("aria-sort", up ? "ascending" : "descending");
        body.append(...sorted([...body.rows], column, up));
        say(`Sorted by ${button.innerText.replace(/\s+/g, " ").trim()}, ${up ? "ascending" : "descending"}`);
      });
    }
    const tools = make("div", { class: "tools" });
    const button = make("button", { type: "button" }, "Copy as CSV");
    button.setAttribute("aria-label", `Copy as CSV: ${table.dataset.name || "table"}`);
    button.addEventListener("click", async () => {
      const done = await copy(csv(table));
      button.textContent = done ? "Copied" : "Not copied";
      say(done ? "Table copied as CSV" : "The table could not be copied");
      setTimeout(() => { button.textContent = "Copy as CSV"; }, 2000);
    });
    tools.append(button);
    table.parentElement.after(tools);
  }
  const command = document.querySelector("pre.command");
  if (command) {
    const tools = make("div", { class: "tools" });
    const button = make("button", { type: "button" }, "Copy command");
    button.addEventListener("click", async () => {
      const done = await copy(command.innerText.trim());
      button.textContent = done ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy command"; }, 2000);
    });
    tools.append(button);
    command.after(tools);
  }

  // Figures: what is under the pointer or chosen by arrow keys, and series on and off.
  const bubble = make("div", { class: "bubble", "aria-hidden": "true" });
  bubble.hidden = true;
  document.body.append(bubble);
  let shown = null;
  const hide = () => {
    if (shown) shown.classList.remove("at");
    shown = null;
    bubble.hidden = true;
  };
  const show = (tip, x, y) => {
    if (shown && shown !== tip) shown.classList.remove("at");
    shown = tip;
    bubble.textContent = tip.dataset.tip;
    bubble.hidden = false;
    const { width, height } = bubble.getBoundingClientRect();
    const left = Math.max(8, Math.min(x + 14, document.documentElement.clientWidth - width - 8));
    const top = y - height - 12 > 4 ? y - height - 12 : y + 18;
    bubble.style.left = `${left + window.scrollX}px`;
    bubble.style.top = `${top + window.scrollY}px`;
  };
  for (const drawing of document.querySelectorAll("figure.drawing")) {
    const svg = drawing.querySelector("svg");
    const frame = svg.parentElement;
    for (const tip of svg.querySelectorAll(".tip")) for (const title of tip.querySelectorAll("title")) title.remove();
    const pointed = (event) => {
      const tip = event.target.closest ? event.target.closest(".tip") : null;
      if (tip) show(tip, event.clientX, event.clientY);
      else hide();
    };
    svg.addEventListener("pointermove", pointed);
    svg.addEventListener("pointerdown", pointed);
    svg.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
    frame.addEventListener("blur", hide);
    frame.addEventListener("scroll", hide, { passive: true });
    const visible = () => [...svg.querySelectorAll(".tip:not(.off)")];
    if (visible().length > 0) frame.setAttribute("aria-label", `${frame.getAttribute("aria-label")}. Arrow keys read its values.`);
    frame.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") hide();
      const tips = visible();
      if (!step || tips.length === 0) return;
      event.preventDefault();
      const at = tips.indexOf(shown);
      const next = tips[at < 0 ? (step > 0 ? 0 : tips.length - 1) : (at + step + tips.length) % tips.length];
      const box = next.getBoundingClientRect();
      show(next, box.x + box.width / 2, box.y + box.height / 2);
      next.classList.add("at");
      say(next.dataset.tip);
    });
    const series = [...new Set([...svg.querySelectorAll("[data-series]")].map((one) => one.dataset.series))];
    if (series.length < 2) continue;
    const legend = make("ul", { class: "legend", "aria-label": "Series shown" });
    for (const name of series) {
      const parts = [...svg.querySelectorAll("[data-series]")].filter((one) => one.dataset.series === name);
      const button = make("button", { type: "button", "aria-pressed": "true" }, name);
      button.addEventListener("click", () => {
        const isOn = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(isOn));
        for (const part of parts) part.classList.toggle("off", !isOn);
        hide();
      });
      const item = make("li");
      item.append(button);
      legend.append(item);
    }
    drawing.append(legend);
  }
  window.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  // On paper nothing can be moved or opened, so it is read as it stands.
})();
