// A browser that shows VS Code, driven by lines of JSON: one request in, one answer out.
//
//   node drive_vscode.mjs FOLDER_WITH_PLAYWRIGHT CHROMIUM PROFILE URL

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [tools, chromium, profile, url] = process.argv.slice(2);
const playwright = createRequire(`${tools}/package.json`)("playwright-core");

const browser = await playwright.chromium.launchPersistentContext(profile, {
  executablePath: chromium,
  headless: true,
  viewport: { width: 1500, height: 950 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"],
});
// Nothing but this machine is asked for anything.
await browser.route(
  (asked) => /^https?:/.test(asked.protocol) && asked.hostname !== "127.0.0.1",
  (request) => request.abort(),
);
const page = browser.pages()[0];
await page.addInitScript(() => {
  globalThis.saidInStatusBar = new Set();
  const look = () => {
    const text = document.querySelector(".part.statusbar")?.textContent;
    if (text) globalThis.saidInStatusBar.add(text);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
});
await page.goto(url);
await page.waitForSelector(".monaco-editor .view-line", { timeout: 60_000 });
// A view line shows blanks as U+00A0.
const plain = (texts) => texts.map((text) => text.replaceAll("\u00a0", " "));

const answers = {
  press: async ({ keys }) => {
    for (const key of keys) await page.keyboard.press(key);
  },
  write: ({ text }) => page.keyboard.insertText(text),
  fill: ({ selector, text }) => page.locator(selector).first().fill(text),
  // Whether it is there to be filled.
  filled: ({ selector, text }) =>
    page.locator(selector).first().fill(text, { timeout: 1000 }).then(
      () => true,
      () => false,
    ),
  // What stands in fields that are seen.
  values: ({ selector }) =>
    page.locator(selector).filter({ visible: true }).evaluateAll((all) => all.map((one) => one.value)),
  // All that the status bar has ever said.
  said: () => page.evaluate(() => [...globalThis.saidInStatusBar]),
  count: ({ selector }) => page.locator(selector).filter({ visible: true }).count(),
  // What is read to somebody who cannot see the icons.
  labels: ({ selector }) =>
    page.locator(selector).evaluateAll((all) =>
      all.map((one) => [one, ...one.querySelectorAll("[aria-label]")].map((part) => part.ariaLabel ?? "").join(" ") + " " + one.innerText),
    ),
  // As they are seen from top to bottom, whatever their order in the page.
  rows: ({ selector }) =>
    page.locator(selector).evaluateAll((all) =>
      all.sort((one, other) => one.dataset.index - other.dataset.index).map((one) => one.innerText.replaceAll("\u00a0", " ")),
    ),
  // The code that is seen, in pieces, each with the classes that colour it.
  pieces: ({ selector }) =>
    page.locator(selector).evaluateAll((all) => all.map((one) => [one.textContent.replaceAll("\u00a0", " "), one.className])),
  texts: async ({ selector }) => plain(await page.locator(selector).allInnerTexts()),
  // Not in the middle of the row: there may be a link.
  open: ({ selector, text }) =>
    page.locator(selector, { hasText: text }).first().dblclick({ position: { x: 50, y: 10 } }),
  click: ({ selector, text }) => page.locator(selector, { hasText: text }).filter({ visible: true }).first().click(),
  ticked: ({ selector }) =>
    page.locator(selector).evaluateAll((all) => all.map((one) => one.matches(":checked, .checked, [aria-checked=true]"))),
  resize: (size) => page.setViewportSize(size),
  // All of the window, or from some lines above what is asked for to its lower end, whichever side it opens to.
  picture: async ({ file, around, above, width }) => {
    if (!around) return page.screenshot({ path: file });
    const [code, box] = await Promise.all(
      [".monaco-editor .view-lines", around].map((one) => page.locator(one).filter({ visible: true }).first().boundingBox()),
    );
    const left = code.x - 12;
    const clip = { x: left, y: box.y - above, width: Math.max(width, box.x + box.width + 16 - left), height: box.height + above + 16 };
    return page.screenshot({ path: file, clip });
  },
};

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    process.stdout.write(JSON.stringify({ answer: (await answers[request.do](request)) ?? null }) + "\n");
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: String(error) }) + "\n");
  }
}
await browser.close();
