// What a person would try on a page of Keruen's: point, click, sort, copy, print, read it on a telephone, read it with a
// screen reader. Arguments: the browser, the directory of results, a directory for pictures (or nothing).
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, results, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const MOST_BYTES = 3_000_000;
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 800 };

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-background-networking"],
});
let failures = 0;
let checks = 0;

// A page opened anew, with all that it says or asks for written down.
const open = async (file, options = {}) => {
  const context = await browser.newContext({
    viewport: DESKTOP,
    permissions: ["clipboard-read", "clipboard-write"],
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const heard = { errors: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.errors.push(message.text());
  });
  page.on("pageerror", (error) => heard.errors.push(String(error)));
  const address = pathToFileURL(file).href;
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url === address) return route.continue();
    heard.requests.push(url);
    return route.abort();
  });
  await page.goto(address, { waitUntil: "load" });
  return { page, heard, close: () => context.close() };
};

const violations = async (page) => {
  // The policy of the page lets no other script in; a test may.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  }));
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
};

const check = async (name, what, test) => {
  checks += 1;
  try {
    await test();
  } catch (error) {
    failures += 1;
    console.log(`FAILED  ${name}: ${what}\n        ${String(error.message ?? error).split("\n").slice(0, 12).join("\n        ")}`);
  }
};

const shoot = async (page, name) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
};

const names = readdirSync(results).filter((name) => statSync(path.join(results, name)).isDirectory()).sort();
assert.ok(names.length >= 10, `${names.length} kinds of reports`);

for (const name of names) {
  const file = path.join(results, name, "report.html");
  await check(name, "is small", () => {
    const bytes = statSync(file).size;
    assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  });

  for (const colorScheme of ["light", "dark"]) {
    const { page, heard, close } = await open(file, { colorScheme });
    await check(name, `says no error and asks for nothing (${colorScheme})`, async () => {
      await page.waitForTimeout(50);
      assert.deepEqual(heard.errors, []);
      assert.deepEqual(heard.requests, []);
    });
    await check(name, `can be read by everyone (${colorScheme})`, async () => {
      await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
      assert.deepEqual(await violations(page), []);
      await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = false; });
    });
    await shoot(page, `${name}-${colorScheme}`);
    await close();
  }

  const { page, heard, close } = await open(file);
  await check(name, "has a finding, a heading of each level in order, and how to have it again", async () => {
    assert.ok((await page.locator(".finding").innerText()).length > 20);
    const levels = await page.locator("h1, h2, h3").evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    levels.reduce((before, level) => {
      assert.ok(level <= before + 1, `a heading of level ${level} follows one of ${before}`);
      return level;
    });
    assert.match(await page.locator("pre.command").innerText(), /^keruen [a-z]+ /);
    assert.ok(await page.locator("#methods ~ p, section[aria-labelledby=methods] p").count() > 0);
  });

  await check(name, "sorts tables by their titles", async () => {
    const table = page.locator("main > section > .scroll > table.data:has(thead button)").first();
    const title = table.locator("thead th:has(button)").last();
    const column = await title.evaluate((cell) => cell.cellIndex);
    const keys = () => table.evaluate((one, at) => [...one.tBodies[0].rows].map((row) => row.cells[at].innerText.trim()), column);
    const before = await keys();
    await title.locator("button").click();
    assert.equal(await title.getAttribute("aria-sort"), "ascending");
    const up = await keys();
    await title.locator("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await title.getAttribute("aria-sort"), "descending");
    const down = await keys();
    assert.deepEqual([...up].sort(), [...before].sort());
    const number = (text) => Number.parseFloat(text.replace(/\u2212/g, "-").replace(/[^\d.+e-]/g, " ").trim().replace(/(\d) (?=\d{3}\b)/g, "$1"));
    const numbers = up.map(number).filter(Number.isFinite);
    if (numbers.length === up.length) {
      assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
      const falling = down.map(number);
      assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
    }
  });

  await check(name, "copies a table as CSV", async () => {
    const region = page.locator("main > section > .scroll:has(table.data thead)").first();
    const rows = await region.locator("tr").count();
    await region.locator("xpath=following-sibling::*[1]").locator("button").click();
    await page.waitForTimeout(30);
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(text.trimEnd().split(/\r?\n/).length, rows);
    assert.ok(text.includes(","));
  });

  const tips = page.locator("figure.drawing svg .tip");
  if (await tips.count() > 0) {
    await check(name, "shows a value under the pointer, and by arrow keys", async () => {
      const bubble = page.locator(".bubble");
      assert.ok(await bubble.isHidden());
      const said = await page.evaluate(() => {
        const tip = document.querySelector("figure.drawing svg .tip");
        tip.scrollIntoView({ block: "center" });
        const box = tip.getBoundingClientRect();
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      });
      await page.mouse.move(said.x, said.y);
      await bubble.waitFor({ state: "visible", timeout: 5000 });
      assert.match(await bubble.innerText(), /\S/);
      const titles = await page.locator("figure.drawing svg .tip title").count();
      assert.equal(titles, 0, "no second tip by the browser");
      await page.mouse.move(1, 1);
      await bubble.waitFor({ state: "hidden", timeout: 5000 });
      await page.locator("figure.drawing:has(.tip) > .scroll").first().focus();
      await page.keyboard.press("ArrowRight");
      await bubble.waitFor({ state: "visible", timeout: 5000 });
      assert.equal(await page.locator(".heard").textContent(), await bubble.textContent());
      await page.keyboard.press("Escape");
      await bubble.waitFor({ state: "hidden", timeout: 5000 });
    });
  }

  const legend = page.locator(".legend").first();
  if (await legend.count() > 0) {
    await check(name, "takes series away and brings them back", async () => {
      const button = legend.locator("button").first();
      const series = await button.innerText();
      const shownParts = () => page.evaluate((series) => {
        const drawing = document.querySelector(".legend").closest("figure");
        const parts = [...drawing.querySelectorAll("[data-series]")].filter((one) => one.dataset.series === series);
        return parts.filter((one) => getComputedStyle(one).display !== "none").length;
      }, series);
      const all = await shownParts();
      assert.ok(all > 0);
      await button.click();
      assert.equal(await button.getAttribute("aria-pressed"), "false");
      assert.equal(await shownParts(), 0);
      await button.click();
      assert.equal(await shownParts(), all);
    });
  }

  await check(name, "changes its theme", async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    const button = page.locator("button.theme");
    await button.click();
    await button.click();
    assert.match(await button.innerText(), /dark/);
    assert.notEqual(await ground(), light);
    await button.click();
    assert.equal(await ground(), light);
  });
  await check(name, "still says no error and asks for nothing", () => {
    assert.deepEqual(heard.errors, []);
    assert.deepEqual(heard.requests, []);
  });

  await check(name, "prints without what can only be clicked", async () => {
    await page.emulateMedia({ media: "print" });
    for (const hidden of ["button.theme", "nav", ".tools"]) {
      assert.ok(await page.locator(hidden).first().isHidden(), hidden);
    }
    const pdf = await page.pdf({ format: "A4", ...(shots ? { path: path.join(shots, `${name}.pdf`) } : {}) });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 20_000, `${pdf.length} bytes`);
  });
  await close();

  await check(name, "fits a telephone", async () => {
    const phone = await open(file, { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    const { scroll, client } = await phone.page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} px in ${client} px`);
    await shoot(phone.page, `${name}-phone`);
    await phone.close();
  });

  await check(name, "reads without its script", async () => {
    const plain = await open(file, { javaScriptEnabled: false });
    const text = await plain.page.locator("main").innerText();
    assert.ok(text.length > 500);
    await plain.close();
  });
}
await browser.close();
console.log(`${names.length} reports, ${checks} checks, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
