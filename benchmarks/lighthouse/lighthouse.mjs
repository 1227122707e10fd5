// Lighthouse on the pages of a site: node lighthouse.mjs CHROMIUM RUNS ADDRESS PAGE...
// Prints, as JSON, for every page the scores of each run and the audits that cost points.

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, runs, address, ...pages] = process.argv.slice(2);
const onlyCategories = ["performance", "accessibility", "best-practices", "seo"];
const metrics = {
  first: "first-contentful-paint",
  largest: "largest-contentful-paint",
  blocking: "total-blocking-time",
  shift: "cumulative-layout-shift",
};

const chrome = await launch({
  chromePath,
  chromeFlags: ["--headless=new", "--no-sandbox"],
});

async function measure(page) {
  const { lhr } = await lighthouse(`${address}/${page}`, {
    port: chrome.port,
    logLevel: "error",
    onlyCategories,
  });
  if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
  const entries = Object.entries(lhr.categories);
  const costly = entries.flatMap(([, { auditRefs }]) =>
    auditRefs
      .filter(({ weight }) => weight > 0)
      .map(({ id }) => lhr.audits[id])
      .filter(({ score }) => score !== null && score < 1)
      .map(({ id, displayValue, details }) => ({
        id,
        displayValue,
        where: (details?.items ?? []).slice(0, 5).map(({ node }) => node?.selector).filter(Boolean),
      })),
  );
  return {
    version: lhr.lighthouseVersion,
    browser: lhr.environment.hostUserAgent,
    scores: Object.fromEntries(entries.map(([id, { score }]) => [id, Math.round(score * 100)])),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, id]) => [name, lhr.audits[id].numericValue]),
    ),
    costly,
  };
}

const found = {};
try {
  for (const page of pages) {
    found[page] = [];
    for (let run = 0; run < Number(runs); run += 1) {
      found[page].push(await measure(page));
    }
    console.error(page, ...found[page].map(({ scores }) => Object.values(scores).join("/")));
  }
} finally {
  await chrome.kill();
}
console.log(JSON.stringify(found));
