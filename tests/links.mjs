// Every link leads somewhere, without asking the network: in the built book, in the pages that it is made of, and in the
// Markdown files beside it.
//
//     node tests/links.mjs BOOK_FOLDER DOCS_FOLDER FILE.md...
//
// In the book each href, src and fragment must be there. In Markdown each relative link must lead to a file or folder of the
// repository, and a fragment to a heading. Each page of the docs must be in the book's summary.

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const [book, docs, ...files] = process.argv.slice(2);
if (!docs || !existsSync(book)) {
  console.error("usage: node tests/links.mjs BOOK_FOLDER DOCS_FOLDER FILE.md...; build the book first");
  process.exit(2);
}
const broken = [];
let checked = 0;

for (const page of under(book, ".html")) checkHtml(page);
for (const page of [...under(docs, ".md"), ...files]) checkMarkdown(page);
const summary = join(docs, "SUMMARY.md");
const listed = new Set(markdownLinks(readFileSync(summary, "utf8")).map((link) => resolve(docs, link)));
for (const page of under(docs, ".md")) {
  if (page !== summary && !listed.has(resolve(page))) broken.push(`${page}: is not in ${summary}`);
}

broken.forEach((line) => console.error(line));
console.log(`${checked} links, ${broken.length} broken`);
process.exit(broken.length || checked === 0 ? 1 : 0);

function checkHtml(page) {
  const text = readFileSync(page, "utf8");
  // The page for a wrong address is shown under any address, so its links are relative to a base.
  const base = /<base href="([^"]*)"/.exec(text)?.[1];
  for (const [, , link] of text.matchAll(/\s(href|src)="([^"]*)"/g)) {
    if (link === base) continue;
    check(page, link, book, base ? book : dirname(page), htmlAnchors);
  }
}

function checkMarkdown(page) {
  for (const link of markdownLinks(readFileSync(page, "utf8"))) {
    check(page, link, ".", dirname(page), (target) => (target.endsWith(".md") ? headings : htmlAnchors)(target));
  }
}

function check(page, link, root, folder, anchors) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return;
  checked += 1;
  const [path, fragment] = decodeURIComponent(link.replaceAll("&amp;", "&")).split("#");
  const target = path ? resolve(folder, path) : page;
  const complain = (why) => broken.push(`${relative(".", page)}: ${link}: ${why}`);
  if (!existsSync(target)) return complain("is not there");
  if (relative(root, target).startsWith("..")) return complain(`lies outside ${resolve(root)}`);
  if (fragment && !(statSync(target).isFile() && anchors(target).has(fragment))) complain("no such place in it");
}

function under(folder, end) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(end));
  return names.sort().map((name) => join(folder, name));
}

function htmlAnchors(page) {
  return new Set([...readFileSync(page, "utf8").matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
}

function markdownLinks(text) {
  const prose = text.replace(/^(```+)[^]*?^\1/gm, "").replace(/`[^`\n]*`/g, "``");
  const links = [/\]\(\s*<?([^\s)>]+)>?[^)]*\)/g, /\s(?:href|src)="([^"]*)"/g];
  return links.flatMap((form) => [...prose.matchAll(form)].map(([, link]) => link));
}

/** Anchors of headings as code hosts and mdBook make them: small letters, no punctuation, hyphens for spaces. */
function headings(page) {
  const prose = readFileSync(page, "utf8").replace(/^(```+)[^]*?^\1/gm, "");
  const seen = new Map();
  const names = [...prose.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)].map(([, heading]) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = plain.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count ? `${name}-${count}` : name;
  });
  return new Set(names);
}
