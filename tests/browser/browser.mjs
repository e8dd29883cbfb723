// One Chromium with a fresh profile, whose every connection ends at a wall of our own.

import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { links, overflow, shorten, svgContrast, svgSize, tableFaults, unroll } from "./in_page.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_RULES = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  resultTypes: ["violations", "incomplete"],
};

export const SETTINGS = {
  desk: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 360, height: 740 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  // A4 at 96 dots per inch. A page is opened on the screen, and then printed.
  paper: { viewport: { width: 794, height: 1123 }, media: "print" },
};
const PICTURED = ["desk", "phone"];
// Chromium draws no more than 16,384 pixels in one picture.
const TALLEST_PICTURE = 8000;
// Of longer tables axe-core sees the beginning: a minute for each setting would tell no more.
const MOST_ROWS = 2000;

export class Browser {
  static async launch(executablePath) {
    const [wall, own] = [await Wall.build(), await Wall.build()];
    const chrome = await chromium.launch({
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
      // What the browser asks for itself, such as updates, is nothing that a page did.
      proxy: own.proxy,
    });
    return new Browser(chrome, wall, own);
  }

  constructor(chrome, wall, own) {
    this.chrome = chrome;
    this.wall = wall;
    this.own = own;
  }

  async close() {
    await this.chrome.close();
    this.wall.close();
    this.own.close();
  }

  /** Opens one page in every setting: its faults, each with reason, setting and detail, and its measures in words. */
  async look(path, limits, screenshots) {
    const faults = [];
    const bytes = statSync(path).size;
    if (bytes > limits.bytes) faults.push(fault("large", "file", `${bytes} bytes, at most ${limits.bytes}`));
    let slowest = 0;
    for (const [setting, how] of Object.entries(SETTINGS)) {
      const picture = screenshots && PICTURED.includes(setting) ? picturePath(screenshots, path, setting) : null;
      const seen = await this.open(path, how, picture);
      // A busy machine is not the page's fault: the fastest of three counts.
      for (let again = 0; again < 2 && seen.ms > limits.ms; again += 1) {
        seen.ms = Math.min(seen.ms, (await this.open(path, how, null)).ms);
      }
      slowest = Math.max(slowest, seen.ms);
      if (seen.ms > limits.ms) seen.faults.push(["slow", `${Math.round(seen.ms)} ms, at most ${limits.ms}`]);
      faults.push(...seen.faults.map(([reason, detail]) => fault(reason, setting, detail)));
    }
    const { judged, undecided } = await this.axe(path);
    faults.push(...judged);
    const facts = `${Math.round(slowest)} ms, ${(bytes / 1e6).toFixed(3)} MB, ${undecided} for the eye`;
    return { faults: merge(faults), facts };
  }

  /** As a reader's browser does, with the page's own policy in force. */
  async open(path, how, picture) {
    const faults = [];
    const { context, page } = await this.blank(how);
    const url = pathToFileURL(path).href;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(["console", message.text()]);
    });
    page.on("pageerror", (error) => faults.push(["exception", String(error)]));
    page.on("request", (request) => {
      const asked = request.url();
      if (asked !== url && !asked.startsWith("data:")) faults.push(["request", asked]);
    });
    page.on("websocket", (socket) => faults.push(["request", socket.url()]));
    await page.goto(url, { waitUntil: "load" });
    const ms = await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))),
    );
    if (how.media) await page.emulateMedia({ media: how.media });
    if (picture) {
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width: how.viewport.width, height: Math.min(height, TALLEST_PICTURE) };
      await page.screenshot({ path: picture, fullPage: true, clip });
    }
    await unfold(page);
    for (const look of [overflow, links, tableFaults, svgSize, svgContrast]) faults.push(...(await page.evaluate(look)));
    // What a page does late, it does within a moment of being drawn.
    await page.waitForTimeout(200);
    await context.close();
    faults.push(...this.wall.taken().map((line) => ["request", line]));
    return { faults, ms };
  }

  /** axe-core, in a second look: the page's policy would not let it in. */
  async axe(path) {
    const judged = [];
    let undecided = 0;
    const { context, page } = await this.blank({ ...SETTINGS.desk, bypassCSP: true });
    await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
    await unfold(page);
    await page.evaluate(shorten, MOST_ROWS);
    // axe-core cannot judge what the browser has not drawn yet.
    await page.addStyleTag({ content: "* { content-visibility: visible !important }" });
    await page.evaluate(AXE);
    const judge = async (rules) => {
      for (const [setting, { viewport, media, colorScheme }] of Object.entries(SETTINGS)) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ media: media ?? "screen", colorScheme: colorScheme ?? "light" });
        const { violations, incomplete } = await page.evaluate((all) => globalThis.axe.run(document, all), rules);
        for (const { id, help, nodes } of violations) {
          const [first] = nodes;
          const detail = `${help}, ${nodes.length} times, first ${first.target.join(" ")}: ${first.failureSummary}`;
          judged.push(fault(id, setting, detail));
        }
        undecided = Math.max(undecided, incomplete.reduce((sum, { nodes }) => sum + nodes.length, 0));
      }
    };
    await judge({ ...AXE_RULES, rules: { "color-contrast": { enabled: false } } });
    for (const media of ["print", "screen"]) {
      await page.emulateMedia({ media });
      await page.evaluate(unroll);
    }
    await judge({ ...AXE_RULES, runOnly: { type: "rule", values: ["color-contrast"] } });
    await context.close();
    this.wall.taken();
    return { judged, undecided };
  }

  async blank(how) {
    const { media: _media, ...options } = how;
    const context = await this.chrome.newContext({ ...options, proxy: this.wall.proxy });
    return { context, page: await context.newPage() };
  }
}

/** A proxy that lets nothing through and remembers who knocked: it also sees what a page asks for without a request. */
class Wall {
  static async build() {
    const wall = new Wall();
    await new Promise((done) => wall.server.listen(0, "127.0.0.1", done));
    return wall;
  }

  constructor() {
    this.lines = [];
    this.server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        this.lines.push(data.toString("latin1").split("\r\n")[0]);
        socket.destroy();
      });
    });
  }

  get proxy() {
    return { server: `http://127.0.0.1:${this.server.address().port}`, bypass: "<-loopback>" };
  }

  taken() {
    return this.lines.splice(0);
  }

  close() {
    this.server.close();
  }
}

/** What is folded away is read too. */
async function unfold(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
}

function picturePath(folder, path, setting) {
  return join(folder, `${basename(path, ".html")}-${setting}.png`);
}

function fault(reason, setting, detail) {
  return { reason, setting, detail: detail.replace(/\s+/g, " ").slice(0, 400) };
}

/** The same fault in several settings, and five of a kind, are enough to read. */
function merge(faults) {
  const kept = [];
  for (const each of faults) {
    const same = kept.filter(({ reason, setting }) => reason === each.reason && setting === each.setting);
    if (same.length < 5 && !same.some(({ detail }) => detail === each.detail)) kept.push(each);
  }
  return kept;
}
