// What runs inside the page. It uses nothing from outside itself: only its text reaches the page. A look gives its faults
// as pairs of reason and detail.

export function overflow() {
  const wide = document.scrollingElement.scrollWidth;
  if (wide <= innerWidth) return [];
  const culprit = [...document.body.querySelectorAll("*")].find(
    (element) => element.getBoundingClientRect().right > innerWidth + 1,
  );
  const name = culprit ? `, first <${culprit.tagName.toLowerCase()} class="${culprit.getAttribute("class") ?? ""}">` : "";
  return [["overflow", `${wide} pixels in a window of ${innerWidth}${name}`]];
}

/** Preconnections and icons: what asks the network without a request that could be seen. */
export function links() {
  const outward = [...document.querySelectorAll("link[href]")].filter(({ href }) => !href.startsWith("data:"));
  return outward.map(({ rel, href }) => ["request", `<link rel="${rel}" href="${href}">`]);
}

export function tableFaults() {
  const faults = [];
  document.querySelectorAll("table").forEach((table, index) => {
    const name = table.caption?.textContent.trim();
    if (!name) faults.push(["table-caption", `table ${index + 1} has no caption`]);
    const heads = [...table.querySelectorAll("th")];
    const scoped = heads.filter((head) => head.scope);
    if (heads.length === 0) faults.push(["table-scope", `table ${index + 1} has no header cell`]);
    if (scoped.length < heads.length) {
      faults.push(["table-scope", `table ${index + 1}: ${heads.length - scoped.length} header cells without scope`]);
    }
  });
  return faults;
}

/** A drawing that shrinks with its window shrinks its words. */
export function svgSize() {
  const faults = [];
  for (const text of document.querySelectorAll("svg text")) {
    const { b, d } = text.getScreenCTM();
    const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(b, d);
    if (text.textContent.trim() && size < 9) {
      faults.push(["svg-text-size", `"${text.textContent.trim().slice(0, 40)}" is ${size.toFixed(1)} pixels, at least 9`]);
    }
  }
  return faults;
}

/** Where a page has more rows than `most`, leaves as many, spread over its tables: the others have the same form. */
export function shorten(most) {
  if (document.querySelectorAll("tr").length <= most) return;
  const tables = [...document.querySelectorAll("table")];
  const kept = Math.max(2, Math.floor(most / tables.length));
  for (const table of tables) [...table.rows].slice(kept).forEach((row) => row.remove());
}

/** Opens boxes that scroll: of what they hide, axe-core cannot tell the contrast. */
export function unroll() {
  for (const box of document.body.querySelectorAll("*")) {
    const { overflowX, overflowY } = getComputedStyle(box);
    if (![overflowX, overflowY].some((way) => way === "auto" || way === "scroll")) continue;
    box.style.overflow = "visible";
    box.style.maxHeight = "none";
  }
}

/** axe-core reads the colour of HTML, not the fill of a drawing's text. */
export function svgContrast() {
  const faults = [];
  const channels = (colour) => {
    const found = /^rgba?\(([^)]+)\)$/.exec(colour);
    if (!found) return null;
    const [red, green, blue, alpha = 1] = found[1].split(/[\s,/]+/).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const over = (upper, alpha, lower) => upper.map((value, index) => alpha * value + (1 - alpha) * lower[index]);
  const luminance = (rgb) => {
    const linear = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((left, right) => left - right);
    return (high + 0.05) / (low + 0.05);
  };
  const painted = (element) => {
    const style = getComputedStyle(element);
    const drawn = element instanceof SVGGeometryElement;
    const colour = channels(drawn ? style.fill : style.backgroundColor);
    const alpha = colour ? colour.alpha * (drawn ? Number(style.fillOpacity) : 1) * Number(style.opacity) : 0;
    return colour && alpha > 0 ? { rgb: colour.rgb, alpha } : null;
  };
  document.querySelectorAll("svg *").forEach((shape) => {
    if (getComputedStyle(shape).pointerEvents === "none") shape.style.pointerEvents = "visiblePainted";
  });
  const white = getComputedStyle(document.documentElement).colorScheme.includes("dark")
    && matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  const texts = [...document.querySelectorAll("svg text")].filter((text) => text.textContent.trim());
  // Of a map with thousands of labels some 300, all over it: each has to be brought into the window.
  const step = Math.ceil(texts.length / 300);
  for (const text of texts.filter((_text, index) => index % step === 0)) {
    text.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = text.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const stack = document.elementsFromPoint(x, y).filter((element) => !element.closest("text"));
    const layers = stack.map(painted).filter((layer) => layer);
    const behind = layers.reduceRight((below, { rgb, alpha }) => over(rgb, alpha, below), white);
    const style = getComputedStyle(text);
    const fill = channels(style.fill);
    if (!fill) continue;
    const found = ratio(over(fill.rgb, fill.alpha * Number(style.fillOpacity), behind), behind);
    const size = box.height / Math.max(1, text.getBBox().height) * parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (found < (large ? 3 : 4.5)) {
      faults.push(["svg-contrast", `"${text.textContent.trim().slice(0, 40)}" ${found.toFixed(2)}:1`]);
    }
  }
  scrollTo(0, 0);
  return faults;
}
