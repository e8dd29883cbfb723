// Opens pages in Chromium from file:// as a reader would, and refuses what a reader must not meet.
//
//     node tests/browser/check.mjs [OPTIONS] FOLDER_OR_FILE...
//
// Each page is opened on a desk, on a phone, in a dark scheme and on paper. Refused are:
//
//     console            an error or a warning on the console, a breach of the page's own policy included
//     exception          an uncaught exception
//     request            any request but for the page itself and data: addresses, and any connection of the browser
//     overflow           a page wider than its window
//     svg-contrast       text in a drawing with less than 4.5:1 (large text 3:1) to what lies behind it
//     svg-text-size      text in a drawing of less than 9 pixels
//     table-caption      a table without a caption
//     table-scope        a table without header cells, or with one that has no scope
//     slow, large        more than --max-ms from navigation to the second frame after loading, the fastest of three
//                        times; more than --max-mb
//     RULE               a rule of axe-core: WCAG 2.2 A and AA, and best practices
//
// --max-ms NUMBER      default 2000
// --max-mb NUMBER      default 10
// --screenshots FOLDER writes NAME-desk.png and NAME-phone.png, whole pages of up to 8,000 pixels
// --expect-failure     each page must be refused for the reason that its name tells and no other:
//                      REASON.html or REASON.ANYTHING.html; REASON.SETTING.html in that setting alone
//
// CHROMIUM names the browser (default /usr/bin/chromium).

import { mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { Browser, SETTINGS } from "./browser.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "max-ms": { type: "string", default: "2000" },
    "max-mb": { type: "string", default: "10" },
    screenshots: { type: "string" },
    "expect-failure": { type: "boolean", default: false },
  },
});
const limits = { ms: limit("max-ms"), bytes: limit("max-mb") * 1e6 };
const pages = positionals.flatMap(htmlFiles);
if (pages.length === 0) {
  console.error("no page to check; name an HTML file, or a folder that has some");
  process.exit(2);
}
if (options.screenshots) mkdirSync(options.screenshots, { recursive: true });

const browser = await Browser.launch(process.env.CHROMIUM ?? "/usr/bin/chromium");
const judge = options["expect-failure"] ? refusedAsNamed : sound;
let failed = 0;
try {
  for (const page of pages) {
    const { faults, facts } = await browser.look(page, limits, options.screenshots);
    const complaints = judge(page, faults);
    console.log(`${complaints.length ? "FAIL" : "ok  "} ${page}  ${facts}`);
    complaints.forEach((line) => console.log(`     ${line}`));
    failed += complaints.length ? 1 : 0;
  }
} finally {
  await browser.close();
}
console.log(`${pages.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

function sound(_page, faults) {
  const lines = new Map();
  for (const { reason, setting, detail } of faults) {
    const settings = lines.get(`${reason}: ${detail}`) ?? new Set();
    lines.set(`${reason}: ${detail}`, settings.add(setting));
  }
  return [...lines].map(([line, settings]) => `${line} (${[...settings].join(", ")})`);
}

function refusedAsNamed(page, faults) {
  const [expected, word] = basename(page, ".html").split(".");
  const named = ({ reason, setting }) => reason === expected && (!(word in SETTINGS) || setting === word);
  const others = sound(page, faults.filter((fault) => !named(fault))).map((line) => `not expected: ${line}`);
  return faults.some(named) ? others : [`not refused for ${expected}`, ...others];
}

function limit(name) {
  const value = Number(options[name]);
  if (!(value > 0)) {
    console.error(`--${name} ${options[name]}: not a number above 0`);
    process.exit(2);
  }
  return value;
}

function htmlFiles(path) {
  const whole = resolve(path);
  if (!statSync(whole).isDirectory()) return [whole];
  const names = readdirSync(whole, { recursive: true }).filter((name) => name.endsWith(".html"));
  return names.sort().map((name) => join(whole, name));
}
